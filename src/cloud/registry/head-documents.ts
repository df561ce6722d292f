import * as z from 'zod'
import type { Head } from '../../core/registry/registry.ts'
import { fitting } from './ask.ts'
import { headDocument, splitRefs } from './rows.ts'

/** A read of heads, in messages. */
export const describeHeads = (kinds: readonly string[]) => `read the heads of ${kinds.join(', ')}`

const oneHead = z.object({ heads: z.record(z.string(), headDocument) })

/**
 * The heads of an answer. Each is let go as soon as it is read: two copies of 100,000 heads are more than a command may
 * take of a machine's memory.
 */
export function readEach(label: string, what: string, documents: unknown[]): Head[] {
  const commits = new Map<string, Head['commit']>()
  return documents.map((document, at) => {
    documents[at] = undefined
    const { heads } = fitting(label, what, oneHead, { heads: { [at]: document } })
    return toHead(heads[at] as z.output<typeof headDocument>, commits)
  })
}

/** Texts that many heads have are in memory once: most are of a few commits, and live with their newest content. */
function toHead(document: z.output<typeof headDocument>, commits: Map<string, Head['commit']>): Head {
  const { commitSha: sha, commitRank: rank, metadata: description, references, ...head } = document
  const commit = commits.get(`${sha} ${rank}`) ?? { sha, rank }
  commits.set(`${sha} ${rank}`, commit)
  const liveDigest = head.liveDigest === head.digest ? head.digest : head.liveDigest
  return { ...head, liveDigest, commit, description, ...splitRefs(references) }
}
