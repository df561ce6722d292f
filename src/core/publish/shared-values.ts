/** The most different values that are compared with later ones. */
const MOST = 1_000

/**
 * Gives one object for values that are equal as JSON. Most of 100,000 definitions have the same few risks, which would be
 * a third of the memory of a plan.
 */
export class SharedValues {
  private readonly values = new Map<string, unknown>()

  /** The first value that was equal to this one. */
  share<T>(value: T): T {
    const key = JSON.stringify(value)
    const first = this.values.get(key) as T | undefined
    if (first === undefined && this.values.size < MOST) this.values.set(key, value)
    return first ?? value
  }
}
