/**
 * Maximum number of steps to check values against one schema. A step is a visit of a schema and a value, a comparison
 * of an entry, or part of the work of a pattern. The total takes about half a second on a slow machine.
 */
export const MOST_STEPS = 200_000

/** Thrown when a check would exceed its steps. `evaluate` and `fillDefaults` catch it. */
export class OverBudget extends Error {}

/** Counts the work of a check, so that its cost is bounded for every schema and value. */
export class Meter {
  readonly #most: number
  #left: number

  constructor(steps: number = MOST_STEPS) {
    this.#most = steps
    this.#left = steps
  }

  /** Steps taken so far. */
  get spent(): number {
    return this.#most - this.#left
  }

  /** @throws OverBudget if fewer steps than this are left */
  spend(steps: number): void {
    this.#left -= steps
    if (this.#left < 0) throw new OverBudget()
  }
}
