/**
 * Steps that checking values against one schema may take: a visited pair of a schema and a value, an entry that is
 * compared, a part of a pattern's work. About half a second on a slow machine.
 */
export const MOST_STEPS = 200_000

/** Thrown where checking would take more steps than it may. Never leaves `evaluate` and `fillDefaults`. */
export class OverBudget extends Error {}

/** Counts the work of checking, so that no schema and no value can ask for more than a bounded amount. */
export class Meter {
  readonly #most: number
  #left: number

  constructor(steps: number = MOST_STEPS) {
    this.#most = steps
    this.#left = steps
  }

  /** Steps that have been taken so far. */
  get spent(): number {
    return this.#most - this.#left
  }

  /** @throws OverBudget when there are not as many steps left */
  spend(steps: number): void {
    this.#left -= steps
    if (this.#left < 0) throw new OverBudget()
  }
}
