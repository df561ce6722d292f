import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isRunning, startMark } from '../../../src/core/disk/process-identity.ts'
import type { InstanceDocument } from '../../../src/plugins/templates/instantiate/document.ts'
import { splitCommandLine } from '../../../src/worker/run/command-line.ts'
import { executeRun } from '../../../src/worker/run/execute.ts'
import { createRun, reopenRun } from '../../../src/worker/run/run-folder.ts'
import { readInputs } from '../../../src/worker/run/run-inputs.ts'
import { planOf, step } from '../../worker/run/support/run-plan.ts'
import type { ConsoleUnderTest } from './console-under-test.ts'

/** Names of the runs that `tellRuns` makes. */
export interface ToldRuns {
  waiting: string
  failed: string
  killed: string
}

const noLock = async () => ({ release: () => {} })
const SCRIPT = `case $1 in
  publish) echo 'fatal: remote rejected main -> main (protected branch)' >&2; exit 3;;
  read) echo '{"severity":"high","labels":["bug","crash"],"summary":"The app ends when a file has no name."}' > $2;;
  *) echo '{"text":"$1 is done"}' > $2;;
esac`

/** Three runs of one plan: one that waits for a person, one that failed and was undone, and one that was killed. */
export async function tellRuns({ root, server }: ConsoleUnderTest, planId: string): Promise<ToldRuns> {
  const script = join(root, 'runner.sh')
  writeFileSync(script, SCRIPT)
  const runner = `sh ${script} {step} {outputFile}`
  const inputs = await readInputs(server.registry, planId)
  const data = join(root, '.nofx')
  const settings = { runner, workdir: root, concurrency: 4, secrets: {}, mcpVariables: {} }
  const execute = async (folder: Awaited<ReturnType<typeof createRun>>, stopAt?: string) => {
    const stop = new AbortController()
    try {
      return await executeRun(folder, {
        ...{ runner: splitCommandLine(runner), workdir: root, concurrency: 4, approve: [], graceMs: 200 },
        ...{ env: { PATH: process.env.PATH }, secrets: {}, secretVariables: [], signal: stop.signal },
        mcp: { bridge: { command: 'bridge', args: [] }, lookup: async () => [], variables: {} },
        processes: { startMark, isRunning },
        onEvent: (event) => {
          if (event.type === 'began' && event.task.step === stopAt) stop.abort()
        },
      })
    } finally {
      folder.release()
    }
  }
  const start = (document: InstanceDocument) =>
    createRun(data, { settings, inputs: { ...inputs, document: { ...document, parameters } } }, noLock)
  // They are checked when the run goes on.
  const { parameters } = inputs.document
  const [agentId = ''] = Object.keys(inputs.agents)
  const of = (id: string, name: string, rest: object = {}) => step(id, { name, agentId, ...rest })
  const read = of('read', 'Read the issue')
  const reproduce = of('reproduce', 'Reproduce it', { dependsOn: ['read'] })
  const owner = of('find-owner', 'Find who owns the code', { dependsOn: ['read'] })
  const post = of('post', 'Post the answer', {
    ...{ dependsOn: ['reproduce', 'find-owner'], approval: 'manual', sideEffects: 'irreversible' },
  })
  const publish = of('publish', 'Publish the fix', {
    ...{ dependsOn: ['reproduce'], onFailure: 'rollback', retry: { maxAttempts: 2, backoffMs: 50 } },
  })
  const undo = { step: 'reproduce', agentId, prompt: 'Remove the branch.', inputs: {} }
  const killed = await execute(await start(planOf([read, reproduce])), 'reproduce')
  const failed = await execute(await start(planOf([read, reproduce, publish], { rollback: [undo] })))
  const waiting = await execute(await start(planOf([read, reproduce, owner, post])))
  // Another process went on with it, and it waits again.
  await execute(await reopenRun(data, waiting.id, noLock))
  return { waiting: waiting.id, failed: failed.id, killed: killed.id }
}
