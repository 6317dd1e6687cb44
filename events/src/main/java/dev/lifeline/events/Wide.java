package dev.lifeline.events;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// A `long` that uses all of its 64 bits, such as a query id. JSON readers that keep numbers as
/// doubles would round it, so it travels as a decimal string.
///
/// Plain `long` components are counts and sizes: they stay within ±(2^53 - 1) and are JSON numbers.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Wide {}
