import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { asFailure } from '../../../../src/cli/failures/as-failure.ts'
import { devLock, noteRunningDev } from '../../../../src/cloud/embedded/running-dev.ts'
import { acquireLock } from '../../../../src/core/disk/lock.ts'
import { scaffold } from '../../../../src/core/scaffold.ts'
import { claimFolder } from '../../../../src/dev/claim.ts'
import { agents } from '../../../../src/plugins/agents/kind.ts'
import { type Hint, hintOf } from '../follow-hint.ts'
import type { Follower } from '../follower.ts'

/** A path whose name a shell would split. */
function oddPath({ project }: Follower): string {
  mkdirSync(join(project.root, "Ada's files"), { recursive: true })
  return join(project.root, "Ada's files/a lock")
}

const take = (path: string) => hintOf(acquireLock(path, { waitMs: 0 }))

/** A lock of a process that runs, which is another than this one. */
function leaveLock(path: string, host = hostname()): number {
  const { pid = 0 } = sleeper()
  const holder = { pid, host, startedAt: '2024-01-01T00:00:00.000Z', token: 'of another' }
  writeFileSync(path, JSON.stringify(holder))
  return pid
}

function sleeper() {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' })
  onTestFinished(() => void child.kill())
  return child
}

const LOCAL = { NOFX_DATABASE_URL: '' }

/** Makes the data of the embedded cloud something that it cannot be, and asks for them. */
function breakData(person: Follower): Promise<string> {
  person.project.write({ '.nofx/db': 'not a folder' })
  return person.fails('nofx registry list')
}

/** Hints about this machine: its files, locks and processes. */
export const MACHINE_HINTS: Hint[] = [
  {
    sites: ['src/core/disk/lock.ts: rm <value><value>'],
    shown: async (person) => {
      mkdirSync(oddPath(person))
      return take(oddPath(person))
    },
    after: async (person) => (await acquireLock(oddPath(person), { waitMs: 0 })).release(),
  },
  {
    sites: ['src/core/disk/lock.ts: rm <value>'],
    shown: async (person) => {
      leaveLock(oddPath(person), 'another-host')
      return take(oddPath(person))
    },
    after: async (person) => (await acquireLock(oddPath(person), { waitMs: 0 })).release(),
  },
  {
    sites: ['src/core/disk/lock.ts: kill <value>'],
    shown: async (person) => {
      leaveLock(oddPath(person))
      return take(oddPath(person))
    },
    after: async (person) => (await acquireLock(oddPath(person), { waitMs: 10_000 })).release(),
  },
  {
    sites: ['src/dev/claim.ts: kill <value>'],
    shown: async ({ project: { root } }) => {
      mkdirSync(join(root, '.nofx'))
      noteRunningDev(root, 'http://127.0.0.1:1')
      leaveLock(devLock(root))
      return hintOf(claimFolder(root))
    },
  },
  {
    sites: ['src/cloud/embedded/database/data-folder.ts: mv <value> <value>'],
    env: LOCAL,
    // An earlier folder that was set aside is in the way of the next one.
    shown: async (person) => {
      for (const name of ['.nofx.broken', '.nofx.broken-2']) {
        await breakData(person)
        await person.does(`mv .nofx ${name}`)
      }
      return breakData(person)
    },
    after: ({ project: { root } }) => {
      if (existsSync(join(root, '.nofx'))) throw new Error('.nofx is still there')
    },
  },
  {
    sites: ['src/cli/failures/as-failure.ts: ulimit -a'],
    shown: () => {
      const error = Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' })
      const use = { id: 'validate', flags: [], argv: [], valued: [], required: {} }
      return hintOf(Promise.reject(asFailure(error, use as never)))
    },
  },
  {
    sites: ['src/core/scaffold.ts: nofx schema <value>'],
    shown: ({ project: { root } }) => {
      const kind = { ...agents, scaffold: undefined }
      return hintOf(scaffold({ root, kind, id: 'one', owner: '@acme/tools' }))
    },
  },
  {
    sites: ['src/core/init/hook.ts: node_modules/.bin/nofx validate --staged'],
    shown: async (person) => {
      person.project.write({ 'lefthook.yml': '', '.gitignore': 'node_modules\n' })
      mkdirSync(join(person.folder, 'node_modules/.bin'), { recursive: true })
      await person.does('ln -s "$(command -v nofx)" node_modules/.bin/nofx')
      await person.does('nofx init --yes --hook lefthook --first agent --id one --owner @acme/tools')
      return person.does('cat lefthook.yml')
    },
  },
]
