import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isRunning, startMark } from '../../../../src/core/disk/process-identity.ts'
import type {
  InstanceDocument,
  InstanceStep,
} from '../../../../src/plugins/templates/instantiate/document.ts'
import type { WorkerRevision } from '../../../../src/worker/connection/definition.ts'
import { splitCommandLine } from '../../../../src/worker/run/command-line.ts'
import { type ExecuteOptions, executeRun } from '../../../../src/worker/run/execute.ts'
import { createRun, reopenRun, type TakenLock } from '../../../../src/worker/run/run-folder.ts'
import type { RunInputs } from '../../../../src/worker/run/run-inputs.ts'
import type { RunReport } from '../../../../src/worker/run/run-report.ts'

/** A step with the usual fields. */
export function step(id: string, rest: Partial<InstanceStep> = {}): InstanceStep {
  return {
    id,
    name: id,
    agentId: 'worker',
    prompt: `Do ${id}.`,
    inputs: {},
    dependsOn: [],
    timeoutMs: 30_000,
    retry: { maxAttempts: 1, backoffMs: 0 },
    onFailure: 'stop',
    approval: 'none',
    sideEffects: 'none',
    ...rest,
  }
}

export function planOf(steps: InstanceStep[], rest: Partial<InstanceDocument> = {}): InstanceDocument {
  return { steps, expectedOutputs: [], rollback: [], secrets: [], parameters: {}, ...rest }
}

export function revision(
  kind: string,
  id: string,
  manifest: object,
  texts: Record<string, string>,
): WorkerRevision {
  const digest = '0'.repeat(64)
  return { kind, id, version: 1, digest, state: 'active', manifest: { ...manifest }, texts, files: [] }
}

/** The inputs of a run, as `readInputs` gives them; the agent `worker` does all steps. */
export function inputsOf(document: InstanceDocument, manifest: object = {}): RunInputs {
  const agent = revision(
    'agents',
    'worker',
    { prompts: { system: 'system.md' }, ...manifest },
    { 'system.md': 'You work.\n' },
  )
  const template = revision('templates', 'work', {}, {})
  const lock = ({ kind, id, version, digest }: WorkerRevision) => ({ kind, id, version, digest })
  return {
    planId: '00000000-0000-4000-8000-000000000000',
    source: lock(template),
    locks: [lock(agent)],
    document,
    agents: { worker: agent },
    template,
  }
}

/** Differences from the usual run. */
export type RunChanges = Partial<ExecuteOptions> & { manifest?: object }

const noLock = async (): Promise<TakenLock> => ({ release: () => {} })

/** A folder in which shell scripts execute runs, one process after another. */
export class Bench {
  readonly root = mkdtempSync(join(tmpdir(), 'nofx-bench-'))
  readonly events: string[] = []

  /** Writes the script that does all steps; it is called with step, output file, input file and prompt file. */
  runner(script: string): string {
    const path = join(this.root, 'runner.sh')
    writeFileSync(path, script)
    return `sh '${path}' {step} {outputFile} {inputFile} {promptFile}`
  }

  async start(document: InstanceDocument, runner: string, changes: RunChanges = {}): Promise<RunReport> {
    const inputs = inputsOf(document, changes.manifest)
    const settings = { runner, workdir: this.root, concurrency: 4, secrets: {}, mcpVariables: {} }
    return this.execute(await createRun(join(this.root, 'data'), { settings, inputs }, noLock), changes)
  }

  async resume(runId: string, changes: RunChanges = {}): Promise<RunReport> {
    return this.execute(await reopenRun(join(this.root, 'data'), runId, noLock), changes)
  }

  private async execute(
    folder: Awaited<ReturnType<typeof createRun>>,
    changes: RunChanges,
  ): Promise<RunReport> {
    try {
      return await executeRun(folder, {
        runner: splitCommandLine(folder.settings.runner),
        workdir: this.root,
        env: { PATH: process.env.PATH },
        secrets: {},
        secretVariables: [],
        mcp: { bridge: { command: 'bridge', args: [] }, lookup: async () => [], variables: {} },
        concurrency: 4,
        approve: [],
        signal: new AbortController().signal,
        graceMs: 200,
        processes: { startMark, isRunning },
        onEvent: (event) =>
          this.events.push(
            `${event.type} ${'task' in event ? event.task.step : 'step' in event ? event.step : ''}`,
          ),
        ...changes,
      })
    } finally {
      folder.release()
    }
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8')
  }

  journal(runId: string): string {
    return this.read(`data/runs/${runId}/journal.jsonl`)
  }

  /** Private folders of a run that are still there. */
  leftovers(runId: string): string[] {
    return readdirSync(tmpdir()).filter((name) => name.startsWith(`nofx-run-${runId}`))
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true })
  }
}

export const statesOf = ({ steps }: RunReport): Record<string, string> =>
  Object.fromEntries(steps.map(({ id, state }) => [id, state]))
