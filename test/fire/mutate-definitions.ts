import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { WireItem } from '../../src/contract/protocol/sync.ts'
import { agents } from '../../src/plugins/agents/kind.ts'
import { templates } from '../../src/plugins/templates/kind.ts'
import { type ApiUnderTest, openApiUnderTest } from '../api/support/api-under-test.ts'
import { isOwnError, line, packFolder } from '../edge/deno/raw-definitions.ts'
import { openInProcess, type Side } from '../edge/deno/sides.ts'
import { TestProject } from '../harness/project.ts'
import { seeded } from '../harness/random.ts'
import { faultsOf } from './crew.ts'
import { mutantOf, readSamples } from './mutants.ts'
import { counter, goesOn, type Scenario } from './scenario.ts'

const KINDS = [agents, templates]
/** Number of definitions in one run of the CLI. */
const AT_ONCE = 50

interface Finding {
  file: string
  rule: string
  message: string
  severity?: string
}

interface Mutant {
  kind: string
  id: string
  item: WireItem
  /** The CLI's errors, one per line. */
  atCli: string
}

/** Definitions that are changed in random places, judged by the CLI, the edge function and the API. */
export const mutateDefinitions: Scenario = {
  name: 'definitions',
  what: 'mutated definitions with one verdict at the CLI, the function and the API',
  short: 50,
  goal: 10_000,
  async run(fire) {
    const { facts, count } = counter()
    const broken: string[] = []
    const [side, api] = await Promise.all([openInProcess(), openApiUnderTest()])
    let done = 0
    try {
      while (goesOn(fire, done)) {
        const batch = await judgedByCli(Math.min(AT_ONCE, fire.times - done), fire.seed + done)
        broken.push(...batch.broken)
        for (const one of batch.mutants) {
          count(one.atCli ? 'refused' : 'accepted')
          broken.push(
            ...(await differences(side, api, one)).map((what) => `seed ${fire.seed + done}: ${what}`),
          )
        }
        done += batch.mutants.length
      }
      return { tried: done, broken, facts }
    } finally {
      await Promise.all([side.close(), api.close()])
    }
  },
}

async function judgedByCli(size: number, seed: number): Promise<{ mutants: Mutant[]; broken: string[] }> {
  const project = new TestProject({}, { resident: true })
  try {
    const random = seeded(seed)
    const samples = readSamples(KINDS)
    for (let index = 0; index < size; index++) project.write(mutantOf(samples, `mutant-${index}`, random))
    const run = await project.run('validate', '--json')
    const found = (run.json?.diagnostics ?? []) as (Finding & { path: string })[]
    const mutants = KINDS.flatMap(({ id: kind }) =>
      Array.from({ length: size }, (_, index) => `mutant-${index}`).flatMap((id) => {
        const shown = join('packages/shared', kind, id)
        if (!existsSync(join(project.root, shown))) return []
        const item = packFolder(kind, id, join(project.root, shown))
        const own = found.filter((one) => one.path === shown || one.path.startsWith(`${shown}/`))
        const errors = own.map((one) => ({ ...one, file: one.path.slice(shown.length + 1) }))
        return [{ kind, id, item, atCli: sorted(errors) }]
      }),
    )
    return { mutants, broken: faultsOf(run, [0, 1], `seed ${seed}: nofx validate`) }
  } finally {
    project.remove()
  }
}

async function differences(side: Side, api: ApiUnderTest, one: Mutant): Promise<string[]> {
  const verdicts = { function: await ofFunction(side, one), API: await ofApi(api, one) }
  return Object.entries(verdicts)
    .filter(([, verdict]) => verdict !== one.atCli)
    .map(
      ([place, verdict]) =>
        `${one.kind}/${one.id}: the ${place} finds ${verdict || 'nothing'}; the CLI ${one.atCli || 'nothing'}`,
    )
}

async function ofFunction(side: Side, { kind, id, item }: Mutant): Promise<string> {
  const { body, status } = await side.send(kind, `registry_${kind}_sync`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', apikey: side.keys.secret },
    body: JSON.stringify({ action: 'stage', key: `fire ${kind}/${id}`, part: 0, items: [item] }),
  })
  if (status === 200) return ''
  if (body.error?.code !== 'FINDINGS') return `${status} ${JSON.stringify(body.error)}`
  return sorted(body.error.findings)
}

async function ofApi({ send }: ApiUnderTest, { kind, id, item }: Mutant): Promise<string> {
  const texts = item.files.flatMap((file) => ('text' in file ? [[file.path, file.text]] : []))
  const { status, json } = await send(`/api/${kind}/validate`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id, files: Object.fromEntries(texts) }),
  })
  return status === 200 ? sorted(json.errors) : `${status} ${JSON.stringify(json)}`
}

const sorted = (findings: readonly Finding[]) =>
  findings
    .filter(({ rule, severity = 'error' }) => isOwnError({ rule, severity }))
    .map(({ file, rule, message }) => line(file, rule, message))
    .sort()
    .join('\n')
