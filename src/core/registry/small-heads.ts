import { PackedTexts } from './packed-texts.ts'
import type { Head } from './registry.ts'

/** From this many heads on, what they take of the memory matters more than the time to make them small. */
export const MANY_HEADS = 50_000

/** The fields of a head that are short, and that most comparisons ask for. */
export type ShortHead = Omit<Head, 'description'>

/** What most heads have, once for all of them. */
const NONE = Object.freeze([]) as unknown as never[]
const orNone = <Entry>(list: Entry[]): Entry[] => (list.length === 0 ? NONE : list)

/** One getter for all heads: as long as it is the same function, V8 has one layout for all of them. */
const LATE: PropertyDescriptor = {
  enumerable: true,
  get(this: SmallHead) {
    return JSON.parse(this.text)
  },
}

/** A head whose description is text until someone asks for it. It is copied and written like any head. */
class SmallHead implements Head {
  readonly kind: string
  readonly id: string
  readonly state: Head['state']
  readonly version: number | null
  readonly draftVersion: number | null
  readonly latestVersion: number
  readonly digest: string
  readonly liveDigest: string | null
  readonly hold: Head['hold']
  readonly disabled: Head['disabled']
  readonly updatedAt: string
  readonly commit: Head['commit']
  readonly references: Head['references']
  readonly demands: Head['demands']
  declare readonly description: Head['description']
  readonly #texts: PackedTexts
  readonly #place: number

  constructor(head: ShortHead, texts: PackedTexts, place: number) {
    this.kind = head.kind
    this.id = head.id
    this.state = head.state
    this.version = head.version
    this.draftVersion = head.draftVersion
    this.latestVersion = head.latestVersion
    this.digest = head.digest
    this.liveDigest = head.liveDigest === head.digest ? head.digest : head.liveDigest
    this.hold = orNone(head.hold)
    this.disabled = head.disabled
    this.updatedAt = head.updatedAt
    this.commit = head.commit
    this.references = orNone(head.references)
    this.demands = orNone(head.demands)
    this.#texts = texts
    this.#place = place
    Object.defineProperty(this, 'description', LATE)
  }

  /** The description as JSON. */
  get text(): string {
    return this.#texts.get(this.#place)
  }
}

/** Makes heads small, together: texts that several have are in memory once, and descriptions are compressed. */
export class SmallHeads {
  private readonly texts = new PackedTexts()
  private readonly commits = new Map<string, Head['commit']>()

  /** The same head with less memory. */
  pack(head: Head): Head {
    return head instanceof SmallHead ? head : this.add(head, JSON.stringify(head.description))
  }

  /** @param description as JSON */
  add(head: ShortHead, description: string): SmallHead {
    const { sha, rank } = head.commit
    const key = `${sha} ${rank}`
    const commit = this.commits.get(key) ?? head.commit
    this.commits.set(key, commit)
    return new SmallHead({ ...head, commit }, this.texts, this.texts.add(description))
  }
}

/** A head without its description, and the description as JSON, which is not parsed for it. */
export function splitHead(head: Head): { short: ShortHead; text: string } {
  const text = head instanceof SmallHead ? head.text : JSON.stringify(head.description)
  const fields = (Object.keys(head) as (keyof Head)[]).filter((name) => name !== 'description')
  return { short: Object.fromEntries(fields.map((name) => [name, head[name]])) as unknown as ShortHead, text }
}
