/** How much of a scenario runs, and with which random numbers. */
export interface Fire {
  times: number
  seed: number
  /** When to stop before `times` is reached, in milliseconds since 1970. */
  until: number
}

/** The result of a run of a scenario. */
export interface Outcome {
  /** How often the fault was tried, in the scenario's own unit. */
  tried: number
  /** Each guarantee that did not hold, one per line. */
  broken: string[]
  /** Further counts. */
  facts: Record<string, number>
}

/** A way to damage the registry, followed by a check of its guarantees. */
export interface Scenario {
  name: string
  /** What is tried, in the plural. */
  what: string
  /** How often in `npm test`. */
  short: number
  /** How often in `npm run fire`. */
  goal: number
  run(fire: Fire): Promise<Outcome>
}

/** Whether a scenario that has tried `done` times continues. */
export function goesOn({ times, until }: Fire, done: number): boolean {
  return done < times && Date.now() < until
}

/** Counts by name. */
export function counter(): { facts: Record<string, number>; count(name: string, by?: number): void } {
  const facts: Record<string, number> = {}
  return {
    facts,
    count: (name, by = 1) => {
      facts[name] = (facts[name] ?? 0) + by
    },
  }
}
