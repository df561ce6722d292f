import type { Kind } from '../../contract/kind.ts'
import type { Listing } from '../git/listing.ts'
import type { HeadsAnswer, Registry } from '../registry/registry.ts'
import { type Apart, askApart } from './apart.ts'
import { onceDone } from './once-done.ts'

/** The heads for a plan, in one of the two ways in which the registry can be asked for them. */
export interface AnsweredHeads {
  heads?: Promise<HeadsAnswer>
  apart?: Apart | undefined
}

/** What a publish asks the registry as soon as it is open, while git compares the working tree with the commit. */
export class HeadsQuestion {
  private readonly opening: Promise<Registry>
  private readonly kinds: readonly Kind[]
  private readonly publishes: readonly string[]
  private asking: Promise<AnsweredHeads> | undefined

  constructor(
    opening: Promise<Registry>,
    kinds: readonly Kind[],
    { publishes }: { publishes: readonly string[] },
  ) {
    this.opening = opening
    // A failure of git comes first.
    opening.catch(() => {})
    this.kinds = kinds
    this.publishes = publishes
  }

  /**
   * Asks at once, or as soon as git has listed the trees of the commit.
   * @returns what is called with them, and again with those of a working tree that differs
   */
  begin(byTrees: boolean): ((listing: Listing) => void) | undefined {
    if (byTrees)
      return (listing) => {
        this.asking = undefined
        this.ask(listing)
      }
    this.ask()
    return undefined
  }

  /** Asks what the heads add up to, and for no head. */
  async askSum(): Promise<string | undefined> {
    const { preview, headsApart } = await this.opening
    return preview === undefined
      ? (await headsApart(this.kinds.map(({ id }) => ({ kind: id })))).sum
      : undefined
  }

  private ask(listing?: Listing): void {
    this.asking ??= this.askOnce(listing)
    // A failure of git comes first.
    this.asking.catch(() => {})
  }

  /**
   * What to make a plan with.
   * @param compared what git compares meanwhile, whose failure comes before one of the registry
   */
  async answer(compared = Promise.resolve()): Promise<AnsweredHeads> {
    this.ask()
    const failFirst = (error: unknown) => onceDone(compared, Promise.reject(error))
    return (await this.asking?.catch(failFirst)) ?? {}
  }

  private async askOnce(listing: Listing | undefined): Promise<AnsweredHeads> {
    const { opening, kinds, publishes } = this
    const registry = await opening
    const apart =
      listing && registry.preview === undefined
        ? await askApart(listing, { kinds, publishes }, registry)
        : undefined
    if (apart) return { apart }
    const heads = registry.askForHeads(...kinds.map(({ id }) => id))
    // The plan awaits it.
    heads.catch(() => {})
    return { heads }
  }
}
