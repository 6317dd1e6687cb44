/// Session permutations: several sessions take their steps in given orders, against Lifeline and
/// against a real PostgreSQL, and must see the same. The specifications are in
/// `src/test/isolation/specs`, what PostgreSQL answered in `src/test/isolation/expected`.
package dev.lifeline.isolation;
