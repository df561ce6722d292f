import * as z from 'zod'
import type { Diagnostic } from '../diagnostic.ts'
import { replaceUnstorable } from '../text/storable.ts'

/**
 * A report as it is sent to `registry_<kind>_sync/reports`, and as the table `registry_validation_reports` keeps it. One
 * POST of JSON of at most `MAX_BODY` bytes; the answer is `{ok: true, result: {reportId}}` or `{ok: false, error}`.
 */

/** Maximum number of findings in a report; further findings are only counted. */
export const MOST_FINDINGS = 1000

/** Maximum number of manifests that a report keeps beside its findings. */
export const MOST_MANIFESTS = 1000

/** A text that the database can store, cut to at most `max` UTF-16 code units. */
export const storableText = (text: string, max: number): string =>
  replaceUnstorable(text.length > max ? `${text.slice(0, max - 1)}…` : text)

function text(min: number, max: number) {
  const keeps = (value: string) => storableText(value, max) === value
  return z.string().min(min).max(max).refine(keeps, 'holds a character that the database cannot store')
}

const place = z
  .int()
  .min(0)
  .max(2 ** 31)
const count = z.int().min(0).max(1_000_000_000)

/**
 * Maximum lengths of the texts of a finding in a report, in UTF-16 code units, and the maximum number of parts of its
 * pointer.
 */
export const FINDING_LENGTHS = {
  path: 1024,
  rule: 100,
  message: 1000,
  hint: 500,
  name: 200,
  depth: 40,
} as const

/** A finding as it is stored in a report. */
export const reportFinding = z.strictObject({
  path: text(0, FINDING_LENGTHS.path),
  line: place,
  column: place,
  severity: z.enum(['error', 'warning']),
  rule: text(1, FINDING_LENGTHS.rule),
  message: text(0, FINDING_LENGTHS.message),
  hint: text(0, FINDING_LENGTHS.hint),
  kind: text(0, FINDING_LENGTHS.name).optional(),
  id: text(0, FINDING_LENGTHS.name).optional(),
  pointer: z
    .array(z.union([text(0, FINDING_LENGTHS.name), place]))
    .max(FINDING_LENGTHS.depth)
    .optional(),
}) satisfies z.ZodType<Diagnostic>

/** How a checked definition compares with the newest content in the registry. */
export const CHANGES = ['added', 'updated', 'unchanged'] as const

/** The manifest of a definition as it was checked: the text of its JSON or YAML file. */
const reportManifest = z.strictObject({
  kind: text(1, FINDING_LENGTHS.name),
  id: text(1, FINDING_LENGTHS.name),
  change: z.enum(CHANGES),
  file: text(1, 200),
  text: z.string().max(600_000),
})

export const reportRequest = z.strictObject({
  /** Chosen by the sender, so that a repeated request stores one report only. */
  id: z.uuid(),
  key: text(8, 200),
  /** `publish`: a publish that was refused before it sent any content. */
  origin: z.enum(['validate', 'publish']),
  verdict: z.enum(['accepted', 'refused']),
  message: text(0, 1000).optional(),
  actor: text(1, 255),
  commit: z.strictObject({ sha: text(1, 64).optional(), ref: text(0, 255).optional() }),
  pullRequest: z.int().min(1).max(2_147_483_647).optional(),
  counts: z.strictObject({ definitions: count, errors: count, warnings: count }),
  /** How many definitions are added, updated or unchanged. */
  summary: z.partialRecord(z.enum(CHANGES), count),
  findings: z.array(reportFinding).max(MOST_FINDINGS),
  manifests: z.array(reportManifest).max(MOST_MANIFESTS),
  /** The name of each kind in event types, needed for kinds that have never been published. */
  singulars: z.record(z.string().max(64), z.string().regex(/^[a-z][a-z0-9-]{0,63}$/)),
})

export type ReportRequest = z.infer<typeof reportRequest>
export type ReportManifest = z.infer<typeof reportManifest>

/** The object in the bundle bucket that holds a report's manifests. */
export const manifestsPath = (reportId: string) => `reports/${reportId}.json.gz`

/** The content of that object. */
export const manifestsDocument = z.object({
  nofxReport: z.literal(1),
  reportId: z.string(),
  manifests: z.array(reportManifest),
})
