import type { Head } from '../../core/registry/registry.ts'

type HeadDocument = Omit<Head, 'description'> & { metadata: Head['description'] }

/** A head as `--json` has it: with the description as the column `metadata`. */
export function buildHeadDocument({ description: metadata, ...head }: Head): HeadDocument {
  return { ...head, metadata }
}

/** The same when it is written: until then, the descriptions of many heads are compressed. */
export function lateHeadDocument(head: Head): HeadDocument {
  return new LateDocument(head) as unknown as HeadDocument
}

class LateDocument {
  private readonly head: Head

  constructor(head: Head) {
    this.head = head
  }

  toJSON(): HeadDocument {
    return buildHeadDocument(this.head)
  }
}
