/// What heap and indexes share: how rows become the bytes of a tuple
/// ([dev.lifeline.access.common.TupleCodec]) and how columns become the bytes of an index key
/// ([dev.lifeline.access.common.KeyEncoder]).
@NullMarked
package dev.lifeline.access.common;

import org.jspecify.annotations.NullMarked;
