import { setTimeout as sleep } from 'node:timers/promises'
import type { PGlite } from '@electric-sql/pglite'
import { openCloud } from '../../src/cloud/embedded/open-cloud.ts'
import { type RunningDev, startDev } from '../dev/support/start-dev.ts'
import { checkInvariants } from '../harness/invariants.ts'
import type { CliRun, TestProject } from '../harness/project.ts'
import { seeded } from '../harness/random.ts'
import { createCrew, faultsOf, publishAgain } from './crew.ts'
import { counter, goesOn, type Scenario } from './scenario.ts'

const PUBLISH = ['registry', 'publish', '--json']

/** `kill -9` of `nofx dev` on `.nofx` while a publisher uses it. */
export const killDev: Scenario = {
  name: 'dev',
  what: 'nofx dev killed with SIGKILL under a publisher, and started again',
  short: 1,
  goal: 50,
  async run(fire) {
    const { facts, count } = counter()
    const broken: string[] = []
    const random = seeded(fire.seed)
    const crew = createCrew(1, fire.seed, {})
    const [{ project, change }] = crew as [(typeof crew)[0]]
    let killed = 0
    let dev: RunningDev | undefined
    try {
      await project.run(...PUBLISH)
      while (goesOn(fire, killed)) {
        const where = `after ${++killed} kills`
        dev = startDev(project, ['--no-watch'])
        await dev.url
        broken.push(...refusalFaults(await project.run('dev', '--port', '0', '--json'), where))
        change()
        const publishing = project.runWith({ alone: true }, ...PUBLISH)
        await Promise.race([sleep(random() * 2_500), publishing])
        if (dev.child.exitCode !== null || dev.child.signalCode !== null)
          broken.push(`${where}: nofx dev died by itself: ${dev.output().slice(-300)}`)
        dev.child.kill('SIGKILL')
        const [run] = await Promise.all([publishing, dev.ended])
        count(`exit ${run.exit}`)
        broken.push(...faultsOf(run, [0, 3], where))
        const acknowledged = new Set(run.exit === 0 ? crew : [])
        broken.push(...(await violationsIn(project)).map((violation) => `${where}: ${violation}`))
        broken.push(...(await publishAgain(crew, acknowledged, where)).broken)
      }
      return { tried: killed, broken, facts }
    } finally {
      dev?.child.kill('SIGKILL')
      await dev?.ended
      project.remove()
    }
  },
}

/** Opens `.nofx` in this process, which needs its lock to be free. */
async function violationsIn({ root }: TestProject): Promise<string[]> {
  const cloud = await openCloud({ root })
  const { driver } = cloud.app.connection as unknown as { driver: PGlite }
  const query = async (sql: string) => (await driver.query<Record<string, unknown>>(sql)).rows
  return checkInvariants({ query }).finally(() => cloud.close())
}

/** Expects that a second `nofx dev` in the folder is refused, and that the first one keeps working. */
function refusalFaults(second: CliRun, where: string): string[] {
  const code = second.json?.error?.code
  const faults = faultsOf(second, [3], `${where}, a second nofx dev`)
  return code === 'EMBEDDED_LOCKED' ? faults : [...faults, `${where}: a second nofx dev ends with ${code}`]
}
