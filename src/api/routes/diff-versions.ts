import * as z from 'zod'
import { findRisks } from '../../core/diff/compare.ts'
import { diffContent } from '../../core/diff/content-diff.ts'
import { definitionPath, MAX_VERSION, versionText, wholeNumber } from '../http/parameters.ts'
import { refuse } from '../http/problem.ts'
import { headTag } from '../http/tags.ts'
import { requireHead } from '../reads/read-heads.ts'
import { type PublicRevisionRow, requireRevision, toState, type Which } from '../reads/read-revisions.ts'
import { versionDiff } from '../reads/shapes.ts'
import { defineRoute, type RouteCall } from '../route.ts'

const MUST = `must be a whole number from 1 to ${MAX_VERSION}, or "production"`
const PRODUCTION = 'production'

const query = z.strictObject({
  from: z
    .preprocess(
      (text) => (typeof text === 'string' && /^\d{1,10}$/.test(text) ? Number(text) : text),
      z.union([z.literal(PRODUCTION), z.int(MUST).min(1, MUST).max(MAX_VERSION, MUST)], MUST),
    )
    .describe('The version before; in a preview also `production`, for what is live there.'),
  to: versionText.describe('The version after.'),
  context: wholeNumber(0, 1000).default(3).describe('Lines around each change in a text; 3 by default.'),
})

type DiffCall = RouteCall<z.infer<typeof definitionPath>, z.infer<typeof query>>

/** `GET /api/:kind/:id/diff?from=&to=`: the differences between two versions, and the risks among them. */
export const diffVersions = defineRoute({
  method: 'GET',
  path: '/api/:kind/:id/diff',
  name: 'diffVersions',
  summary:
    'Compare two versions: the manifest by meaning, texts by line, assets by hash, and the risks, highest first.',
  access: 'public',
  params: definitionPath,
  query,
  responses: {
    200: { description: 'The differences.', schema: versionDiff },
    304: { description: 'Not modified: versions never change.' },
    404: { description: 'One of the two versions does not exist or is not public.' },
    410: { description: 'The content was withdrawn and deleted.' },
  },
  handle: async (call: DiffCall) => {
    const { kind, client } = call
    const which = { kind, id: call.params.id }
    const { to: version, context } = call.query
    const pending = requireRevision({ client, inner: false }, which, version)
    pending.catch(() => {})
    // Of two that are missing, the first one is named.
    const before = await versionBefore(call, which)
    const after = await pending
    const tags = [before, after].map((row) => headTag({ ...row, state: row.status }))
    const etag = `${tags.join('-')}-${context}`
    const cacheTags = [`registry-${kind.id}`, `registry-${kind.id}-${which.id}`]
    if (call.matches(etag)) return { status: 304, etag, cacheTags }
    const [old, now] = [toState(before, kind), toState(after, kind)]
    const diff = await diffContent(old.state, now.state, { context })
    const misfits = [before, after].filter((_row, at) => ![old, now][at]?.fits).map(({ version }) => version)
    const risks = misfits.length === 0 ? findRisks(kind, old.state, now.state) : []
    const from = { version: before.version, digest: before.digest }
    const to = { version: after.version, digest: after.digest }
    const unread = misfits.length === 0 ? {} : { unread: misfits }
    return { body: { kind: kind.id, id: which.id, from, to, ...diff, risks, ...unread }, etag, cacheTags }
  },
})

/** @throws Failure NOT_FOUND if nothing is live in production; Refusal 400 for `production` without a preview */
async function versionBefore(call: DiffCall, which: Which): Promise<PublicRevisionRow> {
  const { client, env, production, query } = call
  const { from } = query
  if (from !== PRODUCTION) return requireRevision({ client, inner: false }, which, from)
  if (env === undefined)
    throw refuse(400, 'BAD_REQUEST', 'from=production compares a preview', 'name the preview with ?env=')
  // Only publishers may name a preview, so production is read with their rights.
  const { version } = await requireHead(production.service, which)
  if (version !== null) return requireRevision({ client: production.service, inner: false }, which, version)
  throw refuse(
    404,
    'NOT_FOUND',
    `no version of the ${which.kind.singular} "${which.id}" is live in production`,
    'give a version of the preview as from',
  )
}
