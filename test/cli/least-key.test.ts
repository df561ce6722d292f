import { createClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LEAST_KEYS, type LeastKey } from '../../src/cli/least-key.ts'
import { withoutRealtime } from '../../src/edge/http/client-options.ts'
import { agentFiles } from '../harness/project.ts'
import { listCommands, WORKING_ARGS } from './support/commands.ts'
import { HostedProject, PASSWORD } from './support/hosted-project.ts'

/** Commands that do not end by themselves, or that are about the credential itself. */
const OTHERS = new Set(['dev', 'mcp', 'registry:watch', 'login', 'logout', 'whoami'])
const commands = listCommands().filter(({ id }) => !OTHERS.has(id))
const ORDER: LeastKey[] = ['none', 'publishable', 'publisher', 'secret']

let project: HostedProject
let environments: Record<LeastKey, Record<string, string>>
beforeAll(async () => {
  project = await HostedProject.create()
  project.write(agentFiles('good')).commit()
  await project.invite('ada@example.com')
  const ada = project.as('ada')
  await project.runWith({ env: { ...ada, NOFX_PASSWORD: PASSWORD } }, 'login', '--email', 'ada@example.com')
  environments = {
    none: { XDG_CONFIG_HOME: `${project.root}/.git/none` },
    publishable: project.as('none'),
    publisher: ada,
    secret: project.as('none', { SUPABASE_SECRET_KEY: project.keys.secret }),
  }
  expect((await project.runWith({ env: ada }, 'registry', 'publish')).exit).toBe(0)
})
afterAll(() => project.remove())

const runAs = (key: LeastKey, { id, words }: (typeof commands)[number]) =>
  project.runWith({ env: environments[key] }, ...words, ...(WORKING_ARGS[id] ?? []), '--json')

describe('the least key of a command', () => {
  test('is known for every command', () => {
    expect(Object.keys(LEAST_KEYS).sort()).toEqual(
      listCommands()
        .map(({ id }) => id)
        .sort(),
    )
  })

  test.each(commands)('is enough for $id', async (command) => {
    const { json } = await runAs(LEAST_KEYS[command.id] ?? 'none', command)
    expect(json).toMatchObject({ diagnostics: expect.any(Array) })
    const { code, message } = json.error ?? {}
    expect([code === 'REMOTE_DENIED', message]).toEqual([false, message])
    expect(code).not.toBe('BUG')
    expect(`${message}`).not.toMatch(/only a secret key|nothing that/)
  })

  const dear = commands.filter(({ id }) => LEAST_KEYS[id] !== 'none')
  test.each(dear)('is named when $id gets less', async (command) => {
    const least = LEAST_KEYS[command.id] ?? 'none'
    for (const less of ORDER.slice(0, ORDER.indexOf(least))) {
      const { exit, json } = await runAs(less, command)
      if (command.id === 'doctor' || exit === 2) {
        // Without any credential there is one answer for all commands.
        expect(JSON.stringify(json)).toContain('nofx login')
        continue
      }
      expect([exit, json.error.code]).toEqual([3, 'REMOTE_DENIED'])
      expect(json.error.message).toMatch(
        least === 'secret' ? /needs the secret key/ : /needs the token of a publisher/,
      )
      expect(json.error.hint).toMatch(least === 'secret' ? /^set SUPABASE_SECRET_KEY/ : /^nofx login$/)
    }
  })
})

describe('anonymous readers', () => {
  test('see live definitions and their history, without names of people', async () => {
    const env = environments.publishable
    const list = await project.runWith({ env }, 'registry', 'list', '--json')
    expect(list.json.data.heads).toMatchObject([
      { id: 'good', version: 1, commit: { sha: project.git('rev-parse', 'HEAD').trim() }, hold: [] },
    ])
    const history = await project.runWith({ env }, 'registry', 'history', 'agents', 'good', '--json')
    expect(history.json.data.revisions).toMatchObject([{ version: 1, actor: '(not public)', reason: null }])
    const shown = await project.runWith(
      { env },
      'registry',
      'show',
      'agents',
      'good',
      '--file',
      'prompts/system.md',
    )
    expect(shown).toMatchObject({ exit: 0, stdout: 'You work.\n' })
    expect(JSON.stringify([list.json, history.json])).not.toContain('ada@example.com')
  })
})

describe('publishers', () => {
  const TRIAGE = {
    templateId: 'triage',
    name: 'Triage',
    description: 'Looks at one thing.',
    owner: '@acme/tools',
    category: 'test',
    defaultPlan: { steps: [{ id: 'look', agentId: 'good', prompt: { text: 'Look.' } }] },
    expectedOutputs: [{ id: 'made', type: 'text', fromStep: 'look' }],
    rollbackAdvice: 'There is nothing to undo.',
    supportedAgents: ['good'],
  }

  test('make plans with their own token, in production and in a preview, under their own name', async () => {
    const env = environments.publisher
    const run = async (...words: string[]) => {
      const { exit, json } = await project.runWith({ env }, ...words, '--json')
      expect([words, exit, json.error]).toEqual([words, 0, undefined])
      return json.data
    }
    project.write({ 'packages/shared/templates/triage/template.json': TRIAGE }).commit()
    await run('registry', 'publish', 'templates')
    await run('preview', 'up', 'pr-1')
    const words = ['templates', 'instantiate', 'triage', '--idempotency-key', 'ticket-1']
    const first = await run(...words)
    expect(await run(...words)).toMatchObject({ planId: first.planId, replayed: true })
    const preview = await run(...words, '--env', 'pr-1')
    expect(preview.planId).not.toBe(first.planId)
    const { data } = await createClient(project.url, project.keys.secret, withoutRealtime(fetch))
      .from('template_instantiations')
      .select('plan_id, actor, principal')
    expect(data).toEqual([
      {
        plan_id: first.planId,
        actor: 'ada@example.com',
        principal: expect.stringMatching(/^user [0-9a-f-]{36}$/),
      },
    ])
  })
})
