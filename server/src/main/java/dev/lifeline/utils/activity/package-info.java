/// What the processes count of their own activity: the cumulative statistics.
@NullMarked
package dev.lifeline.utils.activity;

import org.jspecify.annotations.NullMarked;
