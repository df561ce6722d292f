import { createClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withoutRealtime } from '../../src/edge/http/client-options.ts'
import { agentFiles, type CliRun } from '../harness/project.ts'
import { isFire } from '../harness/repetition.ts'
import { HostedProject, PASSWORD } from './support/hosted-project.ts'

let project: HostedProject
let environments: Record<string, Record<string, string>>
beforeAll(async () => {
  project = await HostedProject.create()
  await project.invite('ada@example.com')
  const publisher = project.as('ada')
  const env = { ...publisher, NOFX_PASSWORD: PASSWORD }
  await project.runWith({ env }, 'login', '--email', 'ada@example.com')
  const secret = project.as('none', { SUPABASE_SECRET_KEY: project.keys.secret })
  environments = { publisher, secret }
})
afterAll(() => project.remove())

const bucket = () =>
  createClient(project.url, project.keys.secret, withoutRealtime(fetch)).storage.from('registry')

const DAMAGES: Record<string, (path: string, size: number) => Promise<unknown>> = {
  missing: (path) => bucket().remove([path]),
  'cut off': (path) => store(path, 10),
  bent: (path, size) => store(path, size),
}
const store = (path: string, size: number) =>
  bucket().upload(path, Buffer.alloc(size, '<'), { contentType: 'application/gzip', upsert: true })

/** A preview for all cases of previews; what an act names is all that it changes there. */
const PREVIEW = 'pr-1'

/** What a person does when a bundle is damaged, and whether it needs what is stored. */
interface Act {
  words: (id: string) => string[]
  /** A publish of an earlier content: its bundle is in storage already, and is sent again when its size differs. */
  publishes?: true
  /** Only for a preview. */
  raises?: true
}
const ACTS: Record<string, Act> = {
  pull: { words: (id) => ['registry', 'pull', `agents/${id}`, '--to', `out-${id}`] },
  verify: { words: (id) => ['registry', 'verify', `agents/${id}`, '--deep'] },
  export: { words: (id) => ['export', 'claude', '--from', `agents/${id}@v1`, '--to', `claude-${id}`] },
  publish: { words: (id) => ['registry', 'publish', `agents/${id}`], publishes: true },
  'preview up': {
    words: (id) => ['preview', 'up', PREVIEW, `agents/${id}`],
    publishes: true,
    raises: true,
  },
}

const commandOf = ({ json }: CliRun): string[] =>
  (/nofx (.*)$/.exec(json.error.hint)?.[1] ?? JSON.stringify(json.error)).split(' ')

const isEven = (damage: string, act: string) =>
  (Object.keys(DAMAGES).indexOf(damage) + Object.keys(ACTS).indexOf(act)) % 2 === 0
const CASES = ['publisher', 'secret']
  .flatMap((key) =>
    ['production', 'preview'].flatMap((place) =>
      Object.keys(DAMAGES).flatMap((damage) =>
        Object.keys(ACTS)
          .filter((act) => place === 'preview' || !ACTS[act]?.raises)
          .map((act) => ({ key, place, damage, act })),
      ),
    ),
  )
  .map((one, at) => ({ ...one, id: `a-${at}` }))
  // Each damage in each place is seen by each act once, by either key in turn; `npm run fire` has all cases.
  .filter(({ key, damage, act }) => isFire || (key === 'publisher') === isEven(damage, act))

const insideOf = (place: string) => (place === 'preview' ? ['--env', PREVIEW] : [])
/** Whether a case is the first one with its key and its place. */
const isFirst = ({ key, place, id }: (typeof CASES)[number]) =>
  CASES.find((one) => one.key === key && one.place === place)?.id === id

async function working(key: string, words: string[]) {
  const { exit, json } = await project.runWith({ env: environments[key] }, ...words, '--json')
  expect([words.join(' '), exit, json.error]).toEqual([words.join(' '), 0, undefined])
  return json.data
}

/** Commits a text for the agents of some cases. A publish of all takes as long as that of one, so they share it. */
async function publishAll(cases: typeof CASES, text: string): Promise<void> {
  for (const { id } of cases) project.write(agentFiles(id, {}, text))
  project.commit()
  for (const key of Object.keys(environments))
    for (const place of ['production', 'preview']) {
      const names = cases
        .filter((one) => one.key === key && one.place === place)
        .map(({ id }) => `agents/${id}`)
      const verb = place === 'preview' ? ['preview', 'up', PREVIEW] : ['registry', 'publish']
      if (names.length > 0) await working(key, [...verb, ...names])
    }
}

/** Where the first bundle of each agent is, and how large: those of the preview are in tables of its own. */
async function firstBundles(): Promise<Map<string, { path: string; size: number }>> {
  const [row] = await project.database.query<{ schema: string }>(
    'select public.registry_preview_schema($1) as schema',
    [PREVIEW],
  )
  const rows = ['public', row?.schema].map(
    (schema) =>
      `select id, bundle_path as path, bundle_size as size from ${schema}.registry_revisions where version = 1`,
  )
  const bundles = await project.database.query<{ id: string; path: string; size: number }>(
    rows.join(' union '),
  )
  return new Map(bundles.map(({ id, path, size }) => [id, { path, size: Number(size) }]))
}

describe('a bundle that storage has lost or that is damaged', () => {
  let bundles: Awaited<ReturnType<typeof firstBundles>>
  beforeAll(async () => {
    await publishAll(CASES, 'First.\n')
    const earlier = CASES.filter(({ act }) => ACTS[act]?.publishes)
    await publishAll(earlier, 'Second.\n')
    for (const { id } of earlier) project.write(agentFiles(id, {}, 'First.\n'))
    project.commit()
    bundles = await firstBundles()
    for (const { key, place, id } of CASES.filter(isFirst)) {
      const first = ['registry', 'show', `agents/${id}`, '--version', '1', ...insideOf(place)]
      expect((await working(key, first)).revision.bundle).toMatchObject(bundles.get(id) ?? {})
    }
  })

  test.each(CASES)('$damage in $place, seen by $act with a $key: the hint heals it', async (one) => {
    const { key, place, damage, id } = one
    const act = ACTS[one.act] as Act
    const inside = insideOf(place)
    const { path = '', size = 0 } = bundles.get(id) ?? {}
    expect(path).toContain(id)
    await DAMAGES[damage]?.(path, size)
    const words = [...act.words(id), ...(act.raises ? [] : inside)]
    const failed = await project.runWith({ env: environments[key] }, ...words, '--json')
    // A publish sends a bundle of another size again by itself.
    expect(failed.exit === 0).toBe(act.publishes === true && damage !== 'bent')
    if (failed.exit !== 0) await working(key, commandOf(failed))
    await working(key, words)
    const checked = await working(key, ['registry', 'verify', `agents/${id}`, '--deep', ...inside])
    expect(checked.damaged).toEqual([])
  })
})
