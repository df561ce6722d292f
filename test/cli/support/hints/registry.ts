import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openRegistry } from '../../../../src/cloud/open-registry.ts'
import { type InstantiateOptions, instantiate } from '../../../../src/core/instantiate.ts'
import type { Registry } from '../../../../src/core/registry/registry.ts'
import { withdraw } from '../../../../src/core/withdraw.ts'
import { exportDefinitions } from '../../../../src/export/export-definitions.ts'
import { agents } from '../../../../src/plugins/agents/kind.ts'
import { servers } from '../../../../src/plugins/servers/kind.ts'
import { skills } from '../../../../src/plugins/skills/kind.ts'
import { templates } from '../../../../src/plugins/templates/kind.ts'
import { receive } from '../../../edge/support/receiver.ts'
import type { PostgresProject } from '../../../harness/postgres-project.ts'
import { agentFiles } from '../../../harness/project.ts'
import { type Hint, hintOf } from '../follow-hint.ts'
import type { Follower } from '../follower.ts'

/** A template with one step by an agent. */
export function templateFiles(id: string, agentId: string, prompt = 'Look.'): Record<string, object> {
  const manifest = {
    templateId: id,
    name: 'Triage',
    description: 'Looks at one thing.',
    owner: '@acme/tools',
    category: 'test',
    parameters: {
      type: 'object',
      properties: { target: { type: 'string', description: 'What to look at.', default: 'all' } },
      additionalProperties: false,
    },
    defaultPlan: { steps: [{ id: 'look', agentId, prompt: { text: prompt } }] },
    expectedOutputs: [{ id: 'made', type: 'text', fromStep: 'look' }],
    rollbackAdvice: 'There is nothing to undo.',
    supportedAgents: [agentId],
  }
  return { [`packages/shared/templates/${id}/template.json`]: manifest }
}

/** A registry with two versions of an agent, another agent, a template and a preview. */
export async function fillRegistry(person: Follower): Promise<void> {
  await person.publishes('reviewer', 'You work.\n', 'You work well.\n')
  person.project.write({ ...agentFiles('fixer'), ...templateFiles('triage', 'reviewer') }).commit()
  await person.does('nofx registry publish')
  await person.does('nofx preview up pr-1')
}

/** Columns of a list are apart; ids have 8 characters there. */
const firstId = (text: string) => /^(?:\S+ +)??(\b[0-9a-f]{8}\b)/m.exec(text)?.[1] ?? text

const lastRelease = async (person: Follower) => firstId(await person.does('nofx registry releases'))

/** Removes a folder of the definitions, and commits that. */
function drop(person: Follower, path: string): void {
  rmSync(join(person.project.root, 'packages/shared', path), { recursive: true })
  person.project.commit()
}

async function addWebhook(person: Follower, url: string): Promise<string> {
  const text = await person.does(`nofx webhooks add ${url}`)
  return /wh_\w+/.exec(text)?.[0] ?? text
}

const DEFINITION = { '<kind>': 'agents', '<id>': 'reviewer', '<version>': '1' }

/** Hints about what the words of a command name. */
const NAMES: Hint[] = [
  {
    sites: ['src/cli/definition/definition-args.ts: nofx <value> <value>/<id>'],
    shown: (person) => person.fails('nofx registry show agents/'),
    put: DEFINITION,
  },
  {
    sites: ['src/cli/failures/usage-failure.ts: nofx <value> agents/<id>'],
    shown: (person) => person.fails('nofx registry show --env pr-1'),
    put: DEFINITION,
  },
  {
    sites: ['src/cli/failures/usage-failure.ts: nofx <value>--help'],
    shown: (person) => person.fails('nofx registry releases show'),
  },
  {
    sites: ['src/cli/run.ts: nofx <value>--help'],
    shown: (person) => person.fails('nofx registry qqqqqqqqqqqqq'),
  },
  {
    sites: ['src/cli/run.ts: nofx <value> --help'],
    shown: (person) => person.fails('nofx webhooks list agents'),
  },
  {
    sites: ['src/cli/definition/export-words.ts: nofx export <value> --from <value> --to <folder>'],
    shown: (person) => person.fails('nofx export claude agents/fixer --from agents/reviewer@v1 --to out'),
    put: { '<folder>': 'exported-1' },
  },
  {
    sites: ['src/cli/definition/export-words.ts: nofx registry list'],
    shown: (person) => person.fails('nofx export claude --from qqqqqq@v1 --to out'),
  },
  {
    sites: ['src/cli/definition/tree-words.ts: nofx registry status <value>'],
    shown: (person) => person.fails('nofx validate agents/qqqqqqqqq'),
  },
  {
    sites: ['src/cli/definition/tree-words.ts: nofx validate'],
    shown: (person) => person.fails('nofx validate agents/reviewr'),
  },
  {
    sites: ['src/commands/preview/down.ts: nofx preview down <value>'],
    shown: (person) => person.does('nofx preview down pr-9').then((text) => text),
    after: (person) => person.does('nofx preview up pr-1'),
  },
  {
    sites: ['src/commands/preview/diff.ts: nofx preview diff'],
    shown: (person) => person.fails('nofx preview diff pr-11'),
  },
  {
    sites: ['src/commands/registry/diff.ts: nofx registry diff <value>/<id> --from v1'],
    shown: (person) => person.fails('nofx registry diff agents --from v1'),
    put: DEFINITION,
  },
  {
    sites: ['src/commands/registry/history.ts: nofx registry history agents --at <value>'],
    shown: (person) => person.fails('nofx registry history --at 2026-01-01T00:00:00Z'),
  },
  {
    sites: ['src/commands/registry/history.ts: nofx registry history'],
    shown: (person) => person.fails('nofx registry history agnets'),
  },
  {
    sites: ['src/commands/registry/releases/show.ts: nofx registry releases'],
    shown: (person) => person.fails('nofx registry releases show 00000000'),
  },
  {
    sites: ['src/commands/registry/show.ts: nofx registry show <value>'],
    shown: (person) => person.fails('nofx registry show agents/reviewer --graph'),
  },
  {
    sites: [
      'src/commands/reports/show.ts: nofx reports list',
      'src/cloud/registry/reports.ts: nofx reports list',
    ],
    shown: (person) => person.fails('nofx reports show 00000000'),
  },
  {
    sites: ['src/commands/templates/instantiate.ts: nofx registry show templates/<value>'],
    shown: (person) => person.fails('nofx templates instantiate triage --param nothing=1'),
  },
  {
    sites: ['src/core/publish/publish.ts: nofx registry list'],
    shown: (person) => person.fails('nofx registry publish agents/qqqqqqqqq'),
  },
  {
    sites: ['src/core/publish/publish.ts: nofx registry rollback <value> --to <version> --reason "<why>"'],
    shown: (person) => person.fails('nofx registry publish agents v1'),
    put: DEFINITION,
    after: (person) => person.does('nofx registry rollback agents/reviewer --to v2 --reason back'),
  },
  {
    sites: ['src/core/publish/plan-file.ts: nofx registry publish --out plan.json'],
    shown: (person) => {
      writeFileSync(join(person.project.root, '.git/none.json'), '{}')
      return person.fails('nofx registry publish --plan .git/none.json')
    },
  },
  {
    sites: ['src/core/pull.ts: nofx registry list'],
    shown: (person) => person.fails('nofx registry pull agents/reviewer --version v9'),
  },
  {
    sites: ['src/core/live-at.ts: nofx registry list'],
    shown: (person) => person.fails('nofx registry history agents/qqqqqqqqq --at 2026-01-01T00:00:00Z'),
  },
  {
    sites: ['src/export/export-items.ts: nofx registry list'],
    shown: (person) => person.fails('nofx export claude agents/qqqqqqq --from live --to out'),
  },
  {
    sites: ['src/export/export-items.ts: nofx registry history <value>'],
    shown: (person) => person.fails('nofx export claude --from agents/reviewer@v9 --to out'),
  },
  {
    sites: ['src/export/export-items.ts: nofx new <value> <id>'],
    shown: (person) => person.fails('nofx export claude skills/nothing --to out'),
    put: { '<id>': 'nothing' },
    after: (person) => drop(person, 'skills'),
  },
]

/** Hints of a registry that has not what was named, or not so. */
const STATES: Hint[] = [
  {
    sites: ['src/cli/definition/require-head.ts: nofx registry list'],
    shown: (person) => person.fails('nofx registry show agents/qqqqqqqqq'),
  },
  {
    sites: ['src/core/registry/find-revision.ts: nofx registry history <value>'],
    shown: (person) => person.fails('nofx registry diff agents/reviewer --from v1 --to v9'),
  },
  {
    sites: ['src/cli/keep-report.ts: nofx reports show <value>'],
    shown: (person) => person.does('nofx validate --report'),
  },
  {
    sites: ['src/cli/present/reports.ts: nofx reports show <value> --manifests'],
    shown: async (person) =>
      person.does(`nofx reports show ${firstId(await person.does('nofx reports list'))}`),
  },
  {
    sites: ['src/cli/present/preview.ts: nofx registry list --env <value>'],
    shown: (person) => person.does('nofx preview up pr-1'),
  },
  {
    sites: ['src/cli/present/releases.ts: nofx registry releases show <release>'],
    shown: (person) => person.does('nofx registry history'),
    put: { '<release>': async (person) => lastRelease(person) },
  },
  {
    sites: ['src/cli/present/releases.ts: nofx registry rollback --release <value> --reason "<why>"'],
    shown: async (person) => {
      await person.publishes('undone', 'One.\n', 'Two.\n')
      return person.does(`nofx registry releases show ${await lastRelease(person)}`)
    },
  },
  {
    sites: ['src/cli/present/verified.ts: nofx registry verify --deep'],
    shown: (person) => person.does('nofx registry verify'),
  },
  {
    sites: ['src/core/diff/compare.ts: nofx registry pull <value>'],
    shown: async (person) => {
      await person.publishes('gone', 'One.\n')
      drop(person, 'agents/gone')
      return person.fails('nofx registry diff agents/gone')
    },
    after: (person) => person.does('nofx registry diff agents/gone'),
  },
  {
    sites: ['supabase/schemas/undo.sql: nofx registry history <value>/<value>'],
    shown: (person) => person.fails('nofx registry rollback agents/reviewer --to v9 --reason x'),
  },
  {
    sites: ['supabase/schemas/undo.sql: nofx registry disable <value> --reason "<why>"'],
    shown: async (person) => {
      await person.publishes('only', 'One.\n')
      return person.fails('nofx registry rollback agents/only --reason x')
    },
  },
  {
    sites: ['supabase/schemas/undo.sql: nofx registry releases'],
    shown: (person) => person.fails('nofx registry rollback --release 00000000 --reason x'),
  },
  {
    sites: ['supabase/schemas/undo.sql: nofx registry <value> <value>/<value> --reason "<why>"'],
    shown: async (person) => {
      await person.publishes('switched', 'One.\n')
      await person.does('nofx registry disable agents/switched --reason x')
      return person.fails(`nofx registry rollback --release ${await lastRelease(person)} --reason x`)
    },
  },
  {
    sites: ['supabase/schemas/undo.sql: nofx registry list --state removed'],
    shown: (person) => person.fails('nofx registry undelete agents/reviewer --reason x'),
  },
  {
    sites: ['supabase/schemas/switch.sql: nofx registry history <value>/<value>'],
    shown: async (person) => {
      person.project.write(agentFiles('drafted')).commit()
      await person.does('nofx registry publish agents/drafted --draft')
      return person.fails('nofx registry disable agents/drafted --reason x')
    },
  },
  {
    sites: ['src/core/instantiate.ts: nofx registry history <value>'],
    shown: async (person) => {
      person.project.write(templateFiles('rough', 'reviewer')).commit()
      await person.does('nofx registry publish templates/rough --draft')
      return person.fails('nofx templates instantiate rough')
    },
  },
  {
    sites: ['src/core/registry/operator-switch.ts: nofx registry enable <value> --reason "<why>"'],
    shown: async (person) => {
      await person.does('nofx registry disable agents/reviewer --reason x')
      return person.fails('nofx templates instantiate triage')
    },
    after: (person) => person.does('nofx templates instantiate triage'),
  },
  {
    sites: ['supabase/schemas/copies.sql: nofx registry publish --draft --only <value>/<value>'],
    shown: (person) => person.fails('nofx registry promote agents/fixer'),
    first: (person) => person.project.write(agentFiles('fixer', {}, 'Changed.\n')).commit(),
    after: (person) => person.does('nofx registry promote agents/fixer'),
  },
  {
    sites: ['supabase/schemas/copies.sql: nofx registry history <value>/<value>'],
    shown: (person) => person.fails('nofx registry rollback agents/reviewer --to v1 --expect v9 --reason x'),
  },
  {
    sites: ['supabase/schemas/copies.sql: nofx registry list'],
    shown: (person) => person.fails('nofx registry enable agents/qqqqqqqqq --reason x'),
  },
  {
    sites: [
      'supabase/schemas/withdraw.sql: nofx registry rollback <value>/<value> --to <value> --reason "takedown"',
    ],
    shown: async (person) => {
      await person.publishes('leaked', 'One.\n', 'Secret.\n')
      return person.fails('nofx registry withdraw agents/leaked --version v2 --reason leak')
    },
    after: (person) => person.does('nofx registry withdraw agents/leaked --version v2 --reason leak'),
  },
  {
    sites: ['supabase/schemas/withdraw.sql: nofx registry publish --prune'],
    shown: async (person) => {
      await person.publishes('secret', 'Secret.\n')
      return person.fails('nofx registry withdraw agents/secret --version v1 --reason leak')
    },
    first: (person) => drop(person, 'agents/secret'),
    after: (person) => person.does('nofx registry withdraw agents/secret --version v1 --reason leak'),
  },
  {
    sites: ['supabase/schemas/withdraw.sql: nofx registry history <value>/<value>'],
    shown: (person) => person.fails('nofx registry withdraw agents/fixer --version v9 --reason leak'),
  },
  {
    sites: ['supabase/schemas/withdraw.sql: nofx registry list'],
    shown: (person) => person.fails('nofx registry withdraw agents/qqqqqqqqq --version v9 --reason leak'),
  },
  {
    sites: ['src/core/registry/withdrawn.ts: nofx registry history <value>'],
    shown: (person) => person.fails('nofx registry pull agents/leaked --version v2 --to .git/out'),
  },
  {
    sites: ['supabase/schemas/previews.sql: nofx preview list'],
    shown: (person) => person.fails('nofx registry list --env pr-404'),
  },
  {
    sites: [
      'src/core/publish/verdict.ts: nofx registry rollback <kind>/<id> --reason "<why>"',
      'src/core/publish/verdict.ts: nofx registry rebase-rank --reason "<why>"',
    ],
    shown: async (person) => {
      await person.publishes('aged', 'One.\n', 'Two.\n')
      person.project.git('checkout', '-q', 'HEAD~2')
      person.project.write(agentFiles('aged', {}, 'Three.\n')).commit()
      return person.fails('nofx registry publish agents/aged')
    },
    put: { '<kind>/<id>': 'agents/aged' },
    after: async (person) => {
      await person.does('nofx registry publish agents/aged')
      person.project.git('checkout', '-q', 'main')
    },
  },
]

/** What is printed after a change: the lines that undo it. */
const UNDO: Hint[] = [
  {
    sites: ['src/core/moves/incident.ts: nofx registry rollback <value> --to v<value><value>'],
    shown: (person) => person.does('nofx registry rollback agents/reviewer --to v1 --reason x'),
  },
  {
    sites: ['src/core/moves/incident.ts: nofx registry enable <value><value>'],
    shown: (person) => person.does('nofx registry disable agents/reviewer --reason x'),
  },
  {
    sites: ['src/core/moves/incident.ts: nofx registry disable <value><value>'],
    shown: async (person) => {
      await person.does('nofx registry disable agents/fixer --reason x')
      return person.does('nofx registry enable agents/fixer --reason x')
    },
    after: (person) => person.does('nofx registry enable agents/fixer --reason x'),
  },
  {
    sites: ['src/core/moves/incident.ts: nofx registry rollback --release <value><value>'],
    shown: async (person) => {
      const both = (text: string) => ({
        ...agentFiles('both-1', {}, text),
        ...agentFiles('both-2', {}, text),
      })
      for (const text of ['One.\n', 'Two.\n']) {
        person.project.write(both(text)).commit()
        await person.does('nofx registry publish agents/both-1 agents/both-2')
      }
      return person.does(`nofx registry rollback --release ${await lastRelease(person)} --reason x`)
    },
  },
]

const WEBHOOKS: Hint[] = [
  {
    sites: ['src/cli/present/webhooks.ts: nofx webhooks add <url>'],
    shown: (person) => person.does('nofx webhooks list'),
    put: { '<url>': 'https://hooks.example.com/listed' },
  },
  {
    sites: ['supabase/schemas/webhooks.sql: nofx webhooks remove'],
    shown: (person) => person.fails('nofx webhooks add https://hooks.example.com/listed'),
    after: (person) => person.does('nofx webhooks add https://hooks.example.com/listed'),
  },
  {
    sites: ['supabase/schemas/webhooks.sql: nofx webhooks list'],
    shown: (person) => person.fails('nofx webhooks remove qqqqqqqq'),
  },
  {
    sites: ['src/cli/present/webhooks.ts: nofx webhooks test <value>'],
    shown: async (person) => person.does(`nofx webhooks add ${(await receive()).url}`),
  },
  ...['remove', 'rotate', 'test'].map(
    (verb): Hint => ({
      sites: [`src/commands/webhooks/${verb}.ts: nofx webhooks ${verb}`],
      shown: async (person) => {
        const { url } = await receive()
        const id = await addWebhook(person, url)
        return person.fails(`nofx webhooks ${verb} ${id.slice(0, -1)}`)
      },
    }),
  ),
  {
    sites: ['src/commands/webhooks/test.ts: nofx webhooks remove <value>'],
    shown: async (person) =>
      person.fails(`nofx webhooks test ${await addWebhook(person, 'https://hooks.example.com/dead')}`),
  },
]

/** Hints that the verbs give to others than the CLI, whose words are checked before. */
const VERBS: Hint[] = [
  {
    sites: ['src/core/instantiate.ts: nofx registry list <value>'],
    shown: (person) =>
      inRegistry(person, (registry) => instantiate(registry, { ...ANY, kind: templates, id: 'nothing' })),
  },
  {
    sites: ['src/core/instantiate.ts: nofx registry show <value>'],
    shown: (person) =>
      inRegistry(person, (registry) => instantiate(registry, { ...ANY, kind: agents, id: 'reviewer' })),
  },
  {
    sites: ['src/core/withdraw.ts: nofx preview down <name>'],
    shown: (person) =>
      inRegistry(person, async (registry) => {
        const preview = await registry.inPreview('pr-1')
        return withdraw(preview, { kind: 'agents', id: 'reviewer', version: 1, reason: 'x', actor: 'ada' })
      }),
    put: { '<name>': 'pr-1' },
    after: (person) => person.does('nofx preview up pr-1'),
  },
  {
    sites: ['src/export/export-definitions.ts: nofx formats'],
    shown: () => {
      const format = { id: 'read-only', label: 'Read only', kinds: ['agents'] }
      const options = { format, to: 'out', selections: [] } as never
      return hintOf(exportDefinitions({ items: [], skipped: [] } as never, options))
    },
  },
  {
    sites: ['supabase/schemas/previews.sql: nofx preview down <value>'],
    shown: async (person) => {
      await person.does('nofx preview up pr-7')
      const { database } = person.project as PostgresProject
      await database.query("update public.registry_previews set state = 'closing' where name = 'pr-7'")
      return person.fails('nofx preview up pr-7')
    },
    after: (person) => person.does('nofx preview up pr-7'),
  },
  {
    sites: [
      'src/exchange/agents/agents-md.ts: npx nofx registry show agents/<id>',
      'src/exchange/agents/agents-md.ts: npx nofx export --help',
    ],
    shown: async (person) => {
      await person.does('nofx export agents-md agents/reviewer --to .git/md')
      return readFileSync(join(person.project.root, '.git/md/AGENTS.md'), 'utf8')
    },
    put: { '<id>': 'reviewer' },
  },
]

const ANY = { parameters: () => ({}), actor: 'ada' } as never as Omit<InstantiateOptions, 'kind' | 'id'>

/** What a person sees of a failure of the registry of this project. */
async function inRegistry(
  { project }: Follower,
  work: (registry: Registry) => Promise<unknown>,
): Promise<string> {
  const kinds = [servers, skills, agents, templates]
  const registry = await openRegistry({ root: project.root, kinds, env: project.env })
  return hintOf(work(registry)).finally(() => registry.close())
}

export const REGISTRY_HINTS: Hint[] = [...VERBS, ...NAMES, ...STATES, ...UNDO, ...WEBHOOKS]
