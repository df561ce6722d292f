import * as z from 'zod'
import { UNCOMMITTED } from '../../contract/commit.ts'
import { isError } from '../../contract/diagnostic.ts'
import { digestOf } from '../../contract/digest.ts'
import type { FileEntry, Kind } from '../../contract/kind.ts'
import { type Named, nameOf } from '../../contract/name.ts'
import { buildState, type ContentState, compareStates, findRisks } from '../../core/diff/compare.ts'
import { readAllHeads } from '../../core/preview/plan-preview.ts'
import { comparePlan, type PlanItem } from '../../core/publish/publish-plan.ts'
import { newestVersion, versionBefore } from '../../core/publish/read-before.ts'
import type { Registry } from '../../core/registry/registry.ts'
import type { Revision } from '../../core/registry/revision.ts'
import { definitionPath } from '../http/parameters.ts'
import { refuse } from '../http/problem.ts'
import type { ApiPorts } from '../ports.ts'
import { checkSent } from '../reads/check-sent.ts'
import { readDescriptions } from '../reads/read-descriptions.ts'
import { folder, sentFinding, toSentFinding } from '../reads/sent-shapes.ts'
import { contentDiff, risk } from '../reads/shapes.ts'
import { defineRoute, type RouteCall } from '../route.ts'

const comparison = z.strictObject({
  findings: z.array(sentFinding).describe('The findings of `nofx validate`.'),
  more: z.int().min(1).optional().describe('The number of further findings; absent if there are none.'),
  action: z
    .enum(['add', 'change', 'unchanged', 'held', 'refused'])
    .describe('What a publish would do; `refused` also when a finding is an error.'),
  note: z.string().optional().describe('Why nothing would change.'),
  diff: contentDiff
    .nullable()
    .describe(
      'Against what it would replace: the live version, for a draft the newest one. Null without one, or if the manifest cannot be read.',
    ),
  risks: z.array(risk).describe('The highest risk first.'),
  breaks: z
    .array(z.string())
    .describe('The live definitions, as `kind/id`, that would lose something they need.'),
})

type CompareOutcome = Pick<z.infer<typeof comparison>, 'action' | 'note' | 'diff' | 'risks' | 'breaks'>

const NOTHING: CompareOutcome = { action: 'refused', diff: null, risks: [], breaks: [] }

/** `POST /api/:kind/:id/compare`: the dry run of a publish of one definition. Stores nothing. */
export const compareDefinition = defineRoute({
  method: 'POST',
  path: '/api/:kind/:id/compare',
  name: 'compareDefinition',
  summary: 'Check a whole definition and compare it with the newest version, as a publish would.',
  access: 'publisher',
  // It checks content as `validate` does, and reads the heads of all kinds.
  cost: 10,
  params: definitionPath,
  body: folder,
  responses: { 200: { description: 'What a publish would find and do.', schema: comparison } },
  handle: async (call: RouteCall<z.infer<typeof definitionPath>, unknown, z.infer<typeof folder>>) => {
    const { kind, params, body, client, ports } = call
    if ((body.id ?? params.id) !== params.id)
      throw refuse(400, 'BAD_REQUEST', 'id: is not the id in the path', 'leave it out')
    const describeKnown = (names: { kind: string; id: string }[]) => readDescriptions(client, names)
    const [files, assets] = [new Map(Object.entries(body.files)), new Map(Object.entries(body.assets ?? {}))]
    const request = { id: params.id, files, assets, whole: true }
    const { diagnostics, more, state } = await checkSent(kind, request, describeKnown)
    const outcome = state ? await compare(ports, kind, state) : NOTHING
    const wrong = diagnostics.some(isError)
    return {
      body: {
        findings: diagnostics.map(toSentFinding),
        ...(more > 0 ? { more } : {}),
        ...outcome,
        ...(wrong ? { action: 'refused' } : {}),
      },
    }
  },
})

/** What a publish of this definition alone would do. */
async function compare(
  { registry, kinds }: ApiPorts,
  kind: Kind,
  request: ContentState,
): Promise<CompareOutcome> {
  const { id } = request
  const name = { kind: kind.id, id }
  const heads = await readAllHeads(kinds, registry)
  const head = heads.find((one) => nameOf(one) === nameOf(name))
  const newest = await readVersion(registry, name, newestVersion(head))
  const state = newest
    ? { ...request, files: request.files.map((file) => asPublished(file, newest.files)) }
    : request
  const digest = digestOf(kind.id, id, state.files)
  const plan = comparePlan([{ kind: kind.id, id, digest, description: kind.describe(state) }], heads, {
    registry: registry.label,
    // Newer than every publish: the sender may commit it on top.
    commit: { sha: UNCOMMITTED, rank: Number.MAX_SAFE_INTEGER, dirty: true },
    prune: false,
    unhold: false,
    covers: () => true,
  })
  const [item] = plan.items
  // Nothing differs from what is published.
  if (!item) return { action: 'unchanged', diff: { fields: [], files: [] }, risks: [], breaks: [] }
  const version = versionBefore(item, head)
  const before = version === newest?.version ? newest : await readVersion(registry, name, version)
  const { diff, risks } = before
    ? await compareStates(kind, buildState(before, kind), state)
    : { diff: null, risks: findRisks(kind, undefined, state) }
  return { action: actionOf(item), note: item.note, diff, risks, breaks: item.breaks }
}

/** A version of the definition, with its content; undefined without a version. */
async function readVersion(
  registry: Registry,
  name: Named,
  version: number | undefined,
): Promise<Revision | undefined> {
  if (version === undefined) return undefined
  const [revision] = await registry.revisions([{ ...name, version }])
  return revision
}

/** No commit is older than this one, so nothing is stale. */
function actionOf({ action }: PlanItem): CompareOutcome['action'] {
  return action === 'stale' ? 'change' : action
}

/** A sent asset with the bit that browsers do not know of: unchanged content is executable as it was. */
function asPublished(file: FileEntry, published: readonly FileEntry[]): FileEntry {
  return published.find(({ path, sha256 }) => path === file.path && sha256 === file.sha256) ?? file
}
