import * as z from 'zod'
import { SHA256 } from '../../contract/digest.ts'
import { ORIGINS, RELEASE_ORIGINS } from '../../contract/protocol/effects.ts'

export const digest = z.string().regex(SHA256)
export const instant = z.iso.datetime()
export const version = z.int().min(1)
const status = z.enum(['draft', 'active', 'deprecated', 'disabled', 'removed'])
const origin = z.enum(ORIGINS)
export const releaseOrigin = z.enum(RELEASE_ORIGINS)
const object = z.record(z.string(), z.unknown())

/** Problem details (RFC 9457). */
export const problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  instance: z.string(),
  code: z.string(),
  hint: z.string().optional(),
  errors: z.array(z.unknown()).optional(),
  error: z.string().optional(),
})

/** What publishers see of a definition in a list, beside what is public. */
const listHead = z
  .strictObject({
    latestVersion: version.describe('The newest version, drafts included; with `at`, the newest one then.'),
    draftVersion: version.nullable().describe('The draft that waits; null if none does, and with `at`.'),
    held: z.array(digest).describe('Content that a publish does not make live; empty with `at`.'),
    actor: z.string().describe('Who made the version.'),
    reason: z.string().nullable(),
    origin,
    commitSha: z.string(),
    dirty: z.boolean(),
  })
  .describe('For publishers only: who made the live version, or the newest one if none is live.')

/** One definition in a list with `view=row`. */
export const listRow = z.strictObject({
  id: z.string(),
  name: z.string(),
  status,
  version: version.nullable(),
  updatedAt: instant,
  owner: z.string().optional(),
  tags: z.array(z.string()),
  head: listHead.optional(),
})

const fileEntry = z.strictObject({
  path: z.string(),
  size: z.int(),
  sha256: digest,
  executable: z.literal(true).optional(),
})

/** One definition in a list. `version` is null when no version is live. */
export const listItem = z.strictObject({
  kind: z.string(),
  id: z.string(),
  status,
  version: version.nullable(),
  digest,
  promptHash: digest,
  name: z.string(),
  summary: z.string(),
  tags: z.array(z.string()),
  skills: z.array(z.string()),
  category: z.string().optional(),
  owner: z.string().optional(),
  declaredVersion: z.string().optional(),
  facts: object,
  updatedAt: instant,
  head: listHead.optional(),
  manifest: object.optional().describe('The manifest of the live version, with `view=manifest`.'),
  files: z.array(fileEntry).optional().describe('The files of the live version, with `view=manifest`.'),
})

export const definitionList = z.strictObject({
  items: z.array(z.union([listItem, listRow])),
  total: z.int().min(0).optional().describe('The number of definitions in all pages, on the first page.'),
  nextCursor: z.string().nullable(),
  updatedSince: z.string(),
})

/** What publishers see of a version, beside what is public. */
const provenance = {
  actor: z.string().optional().describe('Who made the version; for publishers only.'),
  reason: z.string().nullable().optional().describe('Why; for publishers only.'),
  commitRef: z.string().nullable().optional().describe('The branch or tag; for publishers only.'),
  dirty: z.boolean().optional().describe('Whether files were not committed; for publishers only.'),
}

const undoes = z
  .string()
  .nullable()
  .optional()
  .describe('The release that the release of this version undid; for publishers only.')

/** One version of one definition, without its content. */
export const revisionSummary = z.strictObject({
  kind: z.string(),
  id: z.string(),
  version,
  digest,
  promptHash: digest,
  status,
  declaredVersion: z.string().nullable(),
  commitSha: z.string(),
  commitRank: z.int(),
  origin,
  releaseId: z.string(),
  createdAt: instant,
  withdrawnAt: instant.nullable().describe('When the content was withdrawn and deleted.'),
  ...provenance,
})

const lived = z
  .strictObject({ from: instant, until: instant.nullable().describe('Null while they still do.') })
  .nullable()
  .optional()
  .describe('From when to when readers got the version; null if they never did. For publishers only.')

export const versionList = z.strictObject({
  items: z.array(revisionSummary.extend({ undoes, lived })),
  nextCursor: z.string().nullable(),
})

const description = z.looseObject({ name: z.string(), summary: z.string(), tags: z.array(z.string()) })
const content = {
  metadata: description,
  manifest: object,
  texts: z.record(z.string(), z.string()),
  files: z.array(fileEntry),
  bundle: z.strictObject({ size: z.int(), sha256: digest }),
}

/** One version with its content: enough to run it, and to check the content against the digest. */
export const revision = revisionSummary.extend({ ...content, undoes })

/** The live version of a definition; for publishers the newest draft when none is live. */
export const definition = revisionSummary.extend({
  ...content,
  live: z.boolean().describe('Whether readers get it: false for a draft, and while it is disabled.'),
  updatedAt: instant,
  liveSince: instant.nullable().describe('When the live version went live; null when readers get none.'),
  latestVersion: version.describe('The newest version that the caller may see.'),
  draftVersion: version
    .nullable()
    .optional()
    .describe('The draft that waits; null if none does. For publishers only.'),
  held: z
    .array(digest)
    .optional()
    .describe('Content that a publish does not make live; for publishers only.'),
  previousVersion: version.nullable().optional(),
  rollbackAdvice: z.unknown().optional(),
})

/** A changed field: `before` is absent if it was added, `after` if it was removed. */
const fieldChange = z.strictObject({
  path: z.string(),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
})

/** The differences between two states of a definition. */
export const contentDiff = z.strictObject({
  fields: z.array(fieldChange),
  files: z.array(
    z.strictObject({
      path: z.string(),
      change: z.enum(['added', 'removed', 'changed']),
      sizes: z.tuple([z.int(), z.int()]),
      patch: z.string().optional(),
      fields: z.array(fieldChange).optional(),
      executable: z.boolean().optional(),
    }),
  ),
})

/** A change that a reviewer should look at. */
export const risk = z.strictObject({
  id: z.string(),
  level: z.enum(['low', 'medium', 'high']),
  field: z.string(),
  message: z.string(),
})

export const versionDiff = z.strictObject({
  kind: z.string(),
  id: z.string(),
  from: z.strictObject({ version, digest }),
  to: z.strictObject({ version, digest }),
  ...contentDiff.shape,
  risks: z.array(risk),
  unread: z
    .array(version)
    .optional()
    .describe(
      'Versions whose manifest does not fit this version of NOFX: its fields are compared as they are stored, and no risks are known. Absent if there are none.',
    ),
})
