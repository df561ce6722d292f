/** Whether `npm run fire` runs the tests. */
export const isFire = process.env.NOFX_FIRE_REPORT !== undefined

/**
 * How many random inputs a test tries: `npm test` has the same ones in every run, and as many as it needs to reach every
 * case. `npm run fire` and a run with `NOFX_SEED`, which tries others, have more. So the seed of a failed run finds the
 * same input again.
 */
export const repetitions = (inTest: number, inFire: number): number =>
  isFire || process.env.NOFX_SEED ? inFire : inTest
