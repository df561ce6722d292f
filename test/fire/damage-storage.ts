import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { openCloud } from '../../src/cloud/embedded/open-cloud.ts'
import { serveCloud } from '../cloud/support/http-cloud.ts'
import { temporaryRoot } from '../cloud/support/temporary-folder.ts'
import { placeEmbedded } from '../harness/embedded-template.ts'
import { agentFiles, TestProject } from '../harness/project.ts'
import { pick, type Random, seeded } from '../harness/random.ts'
import { faultsOf } from './crew.ts'
import { counter, goesOn, type Scenario } from './scenario.ts'

const IDS = ['alpha', 'beta', 'gamma', 'delta']
const MOST_AT_ONCE = 3

/** Damages to an object that a revision refers to; `other` is another object. */
const DAMAGES: Record<string, (file: string, other: string) => void> = {
  deleted: (file) => rmSync(file),
  truncated: (file) => truncateSync(file, 9),
  emptied: (file) => truncateSync(file, 0),
  lengthened: (file) => writeFileSync(file, 'x', { flag: 'a' }),
  'replaced at the same size': (file) => writeFileSync(file, readFileSync(file).fill(7, 20, 24)),
  'moved away': (file) => renameSync(file, `${file}.away`),
  'swapped with another': (file, other) => {
    const mine = readFileSync(file)
    writeFileSync(file, readFileSync(other))
    writeFileSync(other, mine)
  },
}

/** Objects that are lost or changed without the registry, and what `verify` reports and repairs. */
export const damageStorage: Scenario = {
  name: 'storage',
  what: 'bundles damaged in storage, named by verify and repaired from git',
  short: 2,
  goal: 300,
  async run(fire) {
    const { facts, count } = counter()
    const broken: string[] = []
    const random = seeded(fire.seed)
    const rig = await openRig()
    let damaged = 0
    try {
      while (goesOn(fire, damaged)) {
        await rig.publish(random)
        const whole = rig.read()
        const some = Math.min(1 + Math.floor(random() * MOST_AT_ONCE), fire.times - damaged)
        for (const how of damage(whole, some, random)) {
          count(how)
          damaged++
        }
        broken.push(...(await rig.lookAndRepair(whole)).map((what) => `after ${damaged}: ${what}`))
      }
      return { tried: damaged, broken, facts }
    } finally {
      await rig.close()
    }
  },
}

/** Objects' bytes by the path of their file. */
type Objects = Map<string, Buffer>

function damage(whole: Objects, some: number, random: Random): string[] {
  const files = [...whole.keys()].sort(() => random() - 0.5)
  return files.slice(0, some).map((file) => {
    const how = pick(random, Object.keys(DAMAGES))
    const other = files.findLast((one) => one !== file && existsSync(one)) ?? file
    DAMAGES[how]!(file, other)
    return how
  })
}

async function openRig() {
  const root = temporaryRoot()
  await placeEmbedded(root.path)
  const cloud = await openCloud({ root: root.path })
  const http = await serveCloud(cloud)
  const env = { SUPABASE_URL: http.url, SUPABASE_SECRET_KEY: cloud.keys.secret }
  const project = new TestProject(env, { resident: true })
  const bucket = join(root.path, '.nofx/storage/registry')
  const read = () => readBelow(join(bucket, 'agents'))
  const verify = verifyIn(project)
  return {
    read,
    publish: async (random: Random) => {
      const changed = IDS.filter((id) => random() < 0.3 || !project.git('ls-files', `*/${id}/*`))
      for (const id of changed) project.write(agentFiles(id, {}, `Your number is ${random()}.\n`))
      await project.commit().run('registry', 'publish')
    },
    lookAndRepair: async (whole: Objects) => {
      const problems = (deep: boolean) => problemsOf(whole, bucket, deep)
      const [atSize, atHash] = [problems(false), problems(true)]
      return [
        ...(await verify([], atSize, atSize.length > 0 ? 1 : 0)),
        ...(await verify(['--deep'], atHash, atHash.length > 0 ? 1 : 0)),
        ...(await verify(['--repair'], atHash, 0)),
        ...(await verify(['--deep'], [], 0)),
        ...problems(true).map((what) => `is not repaired: ${what}`),
      ]
    },
    close: async () => {
      project.remove()
      await http.close()
      await cloud.close()
      root.remove()
    },
  }
}

/**
 * Runs `verify`.
 * @returns where it does not report the damaged bundles, or compares in another way
 */
function verifyIn(project: TestProject) {
  return async (flags: string[], wanted: string[], exit: number): Promise<string[]> => {
    const run = await project.run('registry', 'verify', ...flags, '--json')
    const verified = run.json?.data
    const found = (verified?.damaged ?? []).map(
      (one: { path: string; problem: string }) => `${one.path} ${one.problem}`,
    )
    const where = `verify ${flags.join(' ')}`
    const names = found.sort().join(', ') === wanted.sort().join(', ')
    return [
      ...faultsOf(run, [exit], where),
      ...(names ? [] : [`${where} names ${found.join(', ') || 'nothing'} instead of ${wanted.join(', ')}`]),
      ...(verified?.compared === (flags.length ? 'hash' : 'size')
        ? []
        : [`${where} does not say how it looked`]),
    ]
  }
}

function readBelow(folder: string): Objects {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const bundles = files.filter((file) => file.endsWith('.tar.gz')).sort()
  return new Map(bundles.map((file) => [file, readFileSync(file)]))
}

/** The objects that are missing or changed, in the words of `verify`. */
function problemsOf(whole: Objects, bucket: string, deep: boolean): string[] {
  return [...whole].flatMap(([file, bytes]) => {
    const path = file.slice(bucket.length + 1)
    if (!existsSync(file)) return [`${path} missing`]
    const now = readFileSync(file)
    const isChanged = deep ? !now.equals(bytes) : now.length !== bytes.length
    return isChanged ? [`${path} changed`] : []
  })
}
