import type { Head } from '../registry/registry.ts'
import type { PublishCandidate } from './publish-plan.ts'

/** One getter for all, because V8 makes a layout for each object that has a getter of its own. */
const LATE: PropertyDescriptor = {
  enumerable: true,
  get(this: HeadCandidate) {
    return this.findHead().description
  },
}

/** A definition of the tree with the content of a head: most of a large tree. */
class HeadCandidate implements PublishCandidate {
  readonly kind: string
  readonly id: string
  readonly digest: string
  declare readonly description: Head['description']
  readonly #head: Head

  constructor(head: Head) {
    this.kind = head.kind
    this.id = head.id
    this.digest = head.digest
    this.#head = head
    Object.defineProperty(this, 'description', LATE)
  }

  findHead(): Head {
    return this.#head
  }
}

/** Its description is asked for only if it is compared with more than the head. */
export function buildCandidate(head: Head): PublishCandidate {
  return new HeadCandidate(head)
}
