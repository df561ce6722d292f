import { join, resolve } from 'node:path'
import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../../cli/base-command.ts'
import { env as envFlag } from '../../cli/env-flag.ts'
import type { Answer } from '../../cli/json/commands.ts'
import { readNameValues } from '../../cli/name-values.ts'
import { askPerson } from '../../cli/terminal/ask-person.ts'
import { switchesOpener } from '../../cloud/open-switches.ts'
import { Failure } from '../../contract/failure.ts'
import { nearest } from '../../contract/text/nearest.ts'
import { acquireLock } from '../../core/disk/lock.ts'
import { isRunning, startMark } from '../../core/disk/process-identity.ts'
import { printableText } from '../../core/printable.ts'
import { systemLookup } from '../../worker/mcp/system-lookup.ts'
import type { BridgeProgram } from '../../worker/mcp/write-settings.ts'
import { splitCommandLine } from '../../worker/run/command-line.ts'
import { executeRun } from '../../worker/run/execute.ts'
import { createLines, renderSummary } from '../../worker/run/progress-lines.ts'
import { runFailure } from '../../worker/run/run-failure.ts'
import {
  createRun,
  type RunFolder,
  type RunSettings,
  reopenRun,
  type TakenLock,
} from '../../worker/run/run-folder.ts'
import { type RunInputs, readInputs } from '../../worker/run/run-inputs.ts'
import type { RunReport } from '../../worker/run/run-report.ts'
import { readSecrets, secretVariable } from '../../worker/run/secrets.ts'
import { createWhyDisabled, type WhyDisabled } from '../../worker/run/switches.ts'

/** Exit status of a run that waits for approval: nothing failed, and steps are left. */
const PAUSED = 10

export default class WorkerRun extends BaseCommand {
  static override summary = 'Run a plan step by step, with any command as the runner.'
  static override description = [
    "The runner is started once for each step, without a shell. It is given the step's task on stdin, and in its command line {promptFile} (the agent's system prompt), {mcpFile} (its MCP servers), {inputFile} (everything about the step, as JSON), {outputFile} (where it may write its outputs, a JSON object; without it what it prints counts), {step}, {agent} and {workdir}.",
    'The run keeps the versions that its plan is locked to. An interrupted run continues with --resume, which needs no registry.',
  ].join('\n\n')
  static override examples = [
    "<%= config.bin %> <%= command.id %> --plan 6a1f… --runner 'my-agent --system {promptFile} --mcp {mcpFile}'",
    '<%= config.bin %> <%= command.id %> --resume 3f9c2ab41d07 --approve deploy',
  ]
  static override flags = {
    plan: Flags.string({
      description: 'id of the plan to run',
      helpValue: 'PLAN_ID',
      exactlyOne: ['plan', 'resume'],
    }),
    env: { ...envFlag, description: 'the preview that the plan was made in', exclusive: ['resume'] },
    resume: Flags.string({ description: 'id of the run to continue', helpValue: 'RUN_ID' }),
    runner: Flags.string({
      description: 'the command that does a step; a resumed run keeps its own',
      helpValue: 'COMMAND',
    }),
    approve: many('a step to approve', 'step'),
    secret: many('the environment variable that holds a secret parameter', 'name=VARIABLE'),
    'mcp-variable': many('a value for {name} in the URLs of MCP servers', 'name=value'),
    concurrency: Flags.integer({ description: 'steps at the same time; 4 by default', min: 1, max: 100 }),
    workdir: Flags.string({
      description: 'folder where runners work and files are kept; the current folder by default',
      helpValue: 'folder',
    }),
  }

  protected override readonly graceMs = undefined

  async run(): Promise<Answer<'worker run'>> {
    const { flags } = await this.parse(WorkerRun)
    const folder =
      flags.resume === undefined ? await this.begin(flags) : await reopenRun(this.data, flags.resume, lockRun)
    try {
      const report = await this.execute(folder, flags)
      if (report.state === 'paused') this.exitStatus = PAUSED
      const answer = this.answer(report, printableText(renderSummary(report)))
      if (report.state === 'done' || report.state === 'paused') return answer
      throw runFailure(report, folder.settings)
    } finally {
      folder.release()
    }
  }

  private async begin(flags: RunFlags): Promise<RunFolder & TakenLock> {
    const { plan = '', runner } = flags
    if (runner === undefined)
      throw new Failure('USAGE', '--plan needs --runner', "add --runner 'my-agent --system {promptFile}'")
    splitCommandLine(runner)
    const defaults = {
      runner,
      workdir: resolve('.'),
      concurrency: 4,
      secrets: {},
      mcpVariables: {},
      env: flags.env,
    }
    const settings = settingsFrom(flags, defaults)
    const registry = await this.registry(await this.kinds())
    const inputs = await readInputs(registry, plan)
    // The embedded registry serves one process at a time, and a run may take hours.
    await registry.close()
    // Checked before anything is written: the given name of a variable may be invalid.
    readSecrets(inputs, settings.secrets, process.env)
    return createRun(this.data, { settings, inputs }, lockRun)
  }

  private get data(): string {
    return join(this.project.root, '.nofx')
  }

  private async execute({ settings: before, ...folder }: RunFolder, flags: RunFlags): Promise<RunReport> {
    const { inputs, runId } = folder
    const settings = settingsFrom(flags, before)
    const { runner, workdir, concurrency, secrets: secretVariables, mcpVariables } = settings
    const { env } = process
    const steps = inputs.document.steps.map(({ id }) => id)
    checkApprovals(flags.approve, steps)
    const say = (line: string) => (this.jsonEnabled() ? undefined : this.logToStderr(printableText(line)))
    say(`run ${runId} of plan ${inputs.planId}`)
    return executeRun(
      { ...folder, settings },
      {
        runner: splitCommandLine(runner),
        workdir,
        concurrency,
        env,
        secrets: readSecrets(inputs, secretVariables, env),
        secretVariables: inputs.document.secrets.map((name) => secretVariable(name, secretVariables, env)),
        mcp: { bridge: this.bridge(), lookup: systemLookup, variables: mcpVariables },
        approve: flags.approve,
        ask: process.stdin.isTTY && process.stderr.isTTY && !this.jsonEnabled() ? askForStep : undefined,
        whyDisabled: await this.switches(inputs, settings.env),
        signal: this.interrupt.signal,
        kill: this.secondInterrupt(),
        processes: { startMark, isRunning },
        onEvent: createLines(inputs, say),
      },
    )
  }

  private async switches({ source, locks }: RunInputs, preview?: string): Promise<WhyDisabled | undefined> {
    const options = { root: this.project.root, kinds: await this.kinds(), env: process.env }
    const open = switchesOpener(options, preview)
    const onTrouble = (error: unknown) =>
      this.logToStderr(`whether agents are disabled is unknown: ${(error as Error).message}`)
    return (
      open && createWhyDisabled({ used: [source, ...locks], open, signal: this.interrupt.signal, onTrouble })
    )
  }

  /**
   * Aborted by the signal that ends this process at once: runners
   * are in separate process groups, and would continue.
   */
  private secondInterrupt(): AbortSignal {
    const kill = new AbortController()
    const end = (signal: NodeJS.Signals) => {
      kill.abort()
      process.kill(process.pid, signal)
    }
    const arm = () => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end)
    }
    this.interrupt.signal.addEventListener('abort', arm, { once: true })
    // When the terminal is closed there may be little time, since writing to it fails.
    process.once('SIGHUP', () => {
      kill.abort()
      this.interrupt.abort()
    })
    return kill.signal
  }

  private bridge(): BridgeProgram {
    return { command: process.execPath, args: [join(this.config.root, 'dist/mcp-bridge.js')] }
  }
}

/** The settings in the flags, and for the rest the earlier settings. */
function settingsFrom(flags: RunFlags, before: RunSettings): RunSettings {
  const { runner, workdir, concurrency } = flags
  return {
    ...before,
    runner: runner ?? before.runner,
    workdir: workdir === undefined ? before.workdir : resolve(workdir),
    concurrency: concurrency ?? before.concurrency,
    secrets: { ...before.secrets, ...readNameValues('--secret', flags.secret, { secret: true }) },
    mcpVariables: {
      ...before.mcpVariables,
      ...readNameValues('--mcp-variable', flags['mcp-variable'], { secret: true }),
    },
  }
}

interface RunFlags {
  plan?: string
  env?: string
  runner?: string
  approve: string[]
  secret: string[]
  'mcp-variable': string[]
  concurrency?: number
  workdir?: string
}

function many(description: string, helpValue: string) {
  return Flags.string({ description, helpValue, multiple: true, multipleNonGreedy: true, default: [] })
}

function checkApprovals(approved: readonly string[], steps: readonly string[]): void {
  const stranger = approved.find((id) => !steps.includes(id))
  if (stranger === undefined) return
  const near = nearest(stranger, steps)
  throw new Failure(
    'USAGE',
    `--approve names "${stranger}", which is not a step of the plan`,
    near ? `did you mean --approve ${near}` : `its steps are: ${steps.join(', ')}`,
  )
}

async function lockRun(path: string, runId: string): Promise<TakenLock> {
  try {
    return await acquireLock(path, { waitMs: 0 })
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'EMBEDDED_LOCKED') throw error
    const { pid, host } = error.detail as { pid: number; host: string }
    throw new Failure(
      'CONFLICT',
      `run ${runId} is being executed by process ${pid} on ${host}`,
      'wait for it to end',
      { detail: { runId, pid, host } },
    )
  }
}

const askForStep = (step: string, signal: AbortSignal): Promise<boolean> =>
  askPerson(`${printableText(step)} needs approval. Start it?`, signal)
