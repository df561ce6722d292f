import { checkInvariants, type Queryable } from '../harness/invariants.ts'
import { agentFiles, type CliRun, TestProject } from '../harness/project.ts'
import { type Random, seeded } from '../harness/random.ts'

const IDS_EACH = 4
/** A line of a stack trace, also inside a JSON string. */
const STACK = /(^|\\n)\s+at .+:\d+/m

/** A publisher with its own definitions. */
export interface Publisher {
  project: TestProject
  random: Random
  /** Commits new content for at least one definition. */
  change(): void
}

/** Publishers on one registry, each with its own repository. */
export function createCrew(size: number, seed: number, env: Record<string, string>): Publisher[] {
  return Array.from({ length: size }, (_, index) => createPublisher(`p${index}`, seed + index, env))
}

function createPublisher(name: string, seed: number, env: Record<string, string>): Publisher {
  const project = new TestProject(env, { resident: true })
  const random = seeded(seed)
  const ids = Array.from({ length: IDS_EACH }, (_, at) => `${name}-${String.fromCharCode(97 + at)}`)
  for (const id of ids) project.write(agentFiles(id))
  project.commit()
  const change = () => {
    for (const [at, id] of ids.entries())
      if (at === 0 || random() < 0.5) project.write(agentFiles(id, {}, `Your number is ${random()}.\n`))
    project.commit()
  }
  return { project, random, change }
}

/** The promises that a run of the CLI broke: an allowed exit status, one document, no stack trace. */
export function faultsOf(run: CliRun, allowed: readonly number[], where: string): string[] {
  const faults: string[] = []
  if (!allowed.includes(run.exit)) faults.push(`${where}: exit ${run.exit}: ${brief(run)}`)
  if (run.json === undefined) faults.push(`${where}: no JSON document with exit ${run.exit}: ${brief(run)}`)
  else if (run.json.ok !== (run.exit === 0)) faults.push(`${where}: exit ${run.exit} with ok ${run.json.ok}`)
  if (STACK.test(`${run.stdout}\n${run.stderr}`)) faults.push(`${where}: a stack is printed: ${brief(run)}`)
  return faults
}

const brief = ({ stdout, stderr }: CliRun) => (stdout + stderr).replaceAll(/\s+/g, ' ').slice(0, 300)

/** The result of checking the registry after a fault. */
export interface Recovered {
  broken: string[]
  /** Publishers whose work had reached the registry, even if they got no answer. */
  published: Set<Publisher>
}

/**
 * Checks the registry after a fault: its invariants hold, and the same command of each publisher finishes.
 * @param acknowledged publishers whose command ended with 0: the second run must find nothing to do
 */
export async function recover(
  db: Queryable,
  crew: readonly Publisher[],
  acknowledged: ReadonlySet<Publisher>,
  where: string,
): Promise<Recovered> {
  const broken = (await checkInvariants(db)).map((violation) => `${where}: ${violation}`)
  const again = await publishAgain(crew, acknowledged, where)
  return { ...again, broken: [...broken, ...again.broken] }
}

/** The second half of that check: the same command of each publisher finishes. */
export async function publishAgain(
  crew: readonly Publisher[],
  acknowledged: ReadonlySet<Publisher>,
  where: string,
): Promise<Recovered> {
  const broken: string[] = []
  const published = new Set<Publisher>()
  await Promise.all(
    crew.map(async (one) => {
      const again = await one.project.run('registry', 'publish', '--json')
      broken.push(...faultsOf(again, [0], `${where}, run again`))
      const { plan } = again.json?.data ?? {}
      if (plan?.unchanged === IDS_EACH && plan.items.length === 0) published.add(one)
      else if (acknowledged.has(one))
        broken.push(`${where}: an acknowledged publish is not in the registry: ${JSON.stringify(plan)}`)
    }),
  )
  return { broken, published }
}
