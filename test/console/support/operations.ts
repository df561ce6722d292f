import { randomUUID } from 'node:crypto'
import { bundlePath } from '../../../src/contract/protocol/bundle-path.ts'
import { instantiate } from '../../../src/core/instantiate.ts'
import type { Registry } from '../../../src/core/registry/registry.ts'
import { templates } from '../../../src/plugins/templates/kind.ts'
import { packAgent, publish, resultOf } from '../../cloud/support/definitions.ts'
import type { ConsoleUnderTest } from './console-under-test.ts'
import { type ToldRuns, tellRuns } from './runs.ts'
import { AUTHOR, commitAt, edit, pack, reaching, readSample, SECOND } from './story.ts'

/** Names of what `tellOperations` makes. */
export interface Operations {
  planId: string
  /** The report of a publish that was refused. */
  refused: string
  webhook: string
  runs: ToldRuns
}

/** The pages of what `tellOperations` makes, with its names to be filled in by `placeOf`. */
export const OPERATION_PAGES = [
  '/previews',
  '/previews/pr-12',
  '/agents/reviewer?env=pr-12',
  '/reports',
  '/reports/{refused}',
  '/rules?rule=NOFX_FIELD_TYPE',
  '/check',
  '/plans',
  '/plans/{planId}',
  '/webhooks',
  '/runs',
  '/runs/{waiting}',
  '/runs/{failed}',
]

/** A path with the names of what was made. */
export const placeOf = (path: string, { runs, ...names }: Pick<Operations, 'runs'> & object): string =>
  Object.entries({ ...names, ...runs }).reduce((whole, [name, id]) => whole.replace(`{${name}}`, id), path)

/** After the story: a branch in a preview, a publish that was refused, a validation, a plan with runs, and a webhook. */
export async function tellOperations(site: ConsoleUnderTest): Promise<Operations> {
  const { registry } = site.server
  await raise(registry)
  const bad = packAgent('shouter', 'You SHOUT.\n', { tags: 7, version: 'one' })
  await publish(registry, [bad], { actor: SECOND, commit: commitAt(40) })
  const [refused] = await registry.reports.list({ limit: 1, verdict: 'refused' })
  await registry.reports.keep(VALIDATION)
  const made = await instantiate(registry, {
    ...{ kind: templates, id: 'triage-issue', actor: AUTHOR },
    parameters: () => ({ repository: 'acme/shop', issue: 7 }),
  })
  const { id: webhook } = await registry.webhooks.add({
    ...{ url: 'http://127.0.0.1:9/services/T000/very-secret?token=more', kinds: [], types: [] },
    ...{ audience: 'publisher' as const, deployment: false, actor: AUTHOR },
  })
  const planId = made.instance?.planId ?? ''
  return { planId, refused: refused?.id ?? '', webhook, runs: await tellRuns(site, planId) }
}

/** The branch changes the reviewer, which reaches too far and breaks what needs `^1.0.0` of it, and adds an agent. */
async function raise(registry: Registry): Promise<void> {
  const origin = 'acme/agents#42'
  const { sha } = commitAt(30)
  await registry.previews.up({ name: 'pr-12', origin, actor: SECOND, commit: sha, ttlHours: 72 })
  const inside = registry.inPreview('pr-12')
  const texts = edit(
    reaching(readSample('agents', 'reviewer')),
    'agent.json',
    ['"maxCostUsd": 6', '"maxCostUsd": 8'],
    ['"version": "1.4.0"', '"version": "2.0.0"'],
  )
  const packed = [
    pack('agents', 'reviewer', texts, 5),
    packAgent('translator', 'You translate.\n', { version: '0.1.0' }),
  ]
  const own = packed.map(({ archive, item }) => {
    const path = bundlePath('agents', item.id, item.digest, inside.preview)
    return { archive, item: { ...item, bundle: { ...item.bundle, path } } }
  })
  resultOf(
    await publish(inside, own, {
      actor: SECOND,
      commit: commitAt(30),
      reason: `preview of ${origin}`,
      force: true,
    }),
  )
}

const VALIDATION = {
  ...{
    id: randomUUID(),
    key: 'validate-of-a-branch',
    origin: 'validate' as const,
    verdict: 'accepted' as const,
  },
  actor: SECOND,
  commit: { sha: commitAt(31).sha, ref: 'refs/pull/42/merge' },
  pullRequest: 42,
  counts: { definitions: 7, errors: 0, warnings: 2 },
  summary: { unchanged: 5, updated: 1, added: 1 },
  findings: [
    {
      ...{ path: 'agents/translator/agent.json', line: 1, column: 1, severity: 'warning' as const },
      ...{ rule: 'NOFX_OWNER_MISSING', message: 'owner is missing', hint: 'add "owner"' },
    },
    {
      ...{ path: 'agents/translator/prompts/system.md', line: 3, column: 12, severity: 'warning' as const },
      ...{ rule: 'NOFX_HIDDEN_TEXT', message: 'a zero-width space hides here', hint: 'delete it' },
    },
  ],
  manifests: [],
  singulars: { agents: 'agent' },
}
