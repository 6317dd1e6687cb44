/// The differential tester: statements made from a seed, the same ones for a real PostgreSQL 15 and
/// for Lifeline, and a comparison of what the two say.
///
/// A [dev.lifeline.differential.Round] makes a few tables with their data and then queries and
/// changes them. The statements avoid what SQL leaves open (the order of rows without ORDER BY,
/// which rows a LIMIT keeps among equals, the last digit of a sum of floating-point numbers), so
/// whatever differs is a defect or stands, with its reason, in `differences.txt`.
/// [dev.lifeline.differential.Comparison] decides that. `dev.lifeline.main.DifferentialTest` brings
/// the two servers.
@NullMarked
package dev.lifeline.differential;

import org.jspecify.annotations.NullMarked;
