import * as z from 'zod'
import { ORIGINS, RELEASE_ORIGINS } from '../../contract/protocol/effects.ts'
import {
  commit,
  count,
  diff,
  digest,
  fileEntry,
  hold,
  nameFields,
  object,
  operatorSwitch,
  pointer,
  risk,
  state,
  text,
  time,
  version,
} from './parts.ts'
import { move } from './releases.ts'

const metadata = z.strictObject({
  name: text,
  summary: text,
  status: state.exclude(['removed']),
  version: text.optional(),
  owner: text.optional(),
  tags: z.array(text),
  provides: z.array(text),
  facts: object,
})

const reference = z.strictObject({
  ...nameFields,
  range: text.optional(),
  relation: z.enum(['requires', 'mentions']),
  allowed: z.array(z.unknown()).optional().describe('The range, as the database compares versions with it.'),
  file: text,
  pointer,
})

const demand = z.strictObject({
  kind: text,
  relation: z.literal('demands').optional(),
  oneOf: z.array(text),
  provides: text,
  file: text,
  pointer,
})

export const head = z
  .strictObject({
    ...nameFields,
    state,
    version: version.nullable().describe('The live version; null while only drafts exist.'),
    draftVersion: version.nullable(),
    latestVersion: version,
    digest: digest.describe('Of the newest revision.'),
    liveDigest: digest.nullable(),
    commit: commit.pick({ sha: true, rank: true }),
    hold: z.array(hold),
    disabled: operatorSwitch.nullable(),
    metadata,
    references: z.array(reference),
    demands: z.array(demand),
    updatedAt: time,
  })
  .describe('The current state of a definition.')

export const revisionSummary = z
  .strictObject({
    ...nameFields,
    version,
    digest,
    promptHash: text,
    state,
    declaredVersion: text.nullable(),
    commit,
    origin: z.enum(ORIGINS),
    actor: text,
    reason: text.nullable(),
    releaseId: text,
    createdAt: time,
    withdrawn: z.strictObject({ at: time, by: text, reason: text }).nullable(),
  })
  .describe('A version of a definition, without its content.')

const revision = z
  .strictObject({
    ...revisionSummary.shape,
    manifest: object,
    texts: z.record(z.string(), z.string()),
    files: z.array(fileEntry),
    bundle: z.strictObject({ path: text, size: count, sha256: digest }),
  })
  .describe('A version of a definition, with its content.')

export const datedRevision = z
  .strictObject({ ...revisionSummary.shape, until: time.nullable() })
  .describe('A version that was the newest at a time, without drafts, and when the next one followed.')

const graph = z.strictObject({
  nodes: z.array(z.strictObject({ id: text, label: text, notes: z.array(text) })),
  edges: z.array(z.strictObject({ from: text, to: text })),
})

const datedMove = z.strictObject({
  ...move.shape,
  releaseId: text,
  origin: z.enum(RELEASE_ORIGINS),
  actor: text,
  reason: text.nullable(),
  createdAt: time,
})

export const listData = z.strictObject({ heads: z.array(head) })

export const showData = z.union([
  z.strictObject({ head, revision }),
  z.strictObject({ path: text, text }).describe('With --file.'),
  z.strictObject({ graph }).describe('With --graph.'),
])

export const historyData = z.union([
  z.strictObject({ head, revisions: z.array(revisionSummary) }).describe('Of one definition.'),
  z
    .strictObject({
      ...nameFields,
      at: time,
      revision: datedRevision.nullable().describe('What readers saw.'),
      gone: datedRevision.nullable().describe('The version that removed or disabled it.'),
    })
    .describe('Of one definition with --at.'),
  z
    .strictObject({ kind: text, at: time, revisions: z.array(datedRevision) })
    .describe('Of a kind with --at.'),
  z.strictObject({ moves: z.array(datedMove) }).describe('Of a kind, or of everything.'),
])

export const diffOfOne = z
  .strictObject({
    ...nameFields,
    from: version,
    to: version.nullable().describe('Null for the working tree.'),
    diff,
    risks: z.array(risk),
  })
  .describe('Of one definition.')

export const pullData = z.strictObject({
  pulled: z.array(
    z.strictObject({ ...nameFields, version, digest, dir: text, state: z.enum(['written', 'unchanged']) }),
  ),
})
