import type { Stage, StageEvent, StageWatch } from '../core/progress.ts'
import { clearSign } from './terminal/sign-of-life.ts'

/** A watch that displays the stages; `stop` removes the display. */
export interface ShownWatch extends StageWatch {
  stop(): Promise<void>
}

const TITLES: Record<Stage, string> = {
  collect: 'Read the definitions',
  validate: 'Validate',
  bundle: 'Bundle',
  plan: 'Compare with the registry',
  upload: 'Upload and stage',
  sync: 'Commit the release',
  report: 'Report',
  rows: 'Compare the rows',
  bundles: 'Compare the bundles',
}

/** Shows the stages on stderr while they run, when stderr is a terminal and `isShown` is true; else shows nothing. */
export async function watchStages(
  stages: Stage[],
  signal: AbortSignal,
  isShown: boolean,
): Promise<ShownWatch> {
  clearSign()
  if (!isShown || !process.stderr.isTTY) return { signal, emit: () => {}, stop: async () => {} }
  const { Listr, ProcessOutput, ListrLogger } = await import('listr2')
  const gates = new Map(stages.map((stage) => [stage, gate()]))
  const tasks = new Map<Stage, { title: string }>()
  const list = new Listr(
    stages.map((stage) => ({
      title: TITLES[stage],
      task: (_context: unknown, task: { title: string }) => {
        tasks.set(stage, task)
        return gates.get(stage)?.opened
      },
    })),
    {
      rendererOptions: {
        logger: new ListrLogger({ processOutput: new ProcessOutput(process.stderr, process.stderr) }),
      },
    },
  )
  const running = list.run().catch(() => undefined)
  return {
    signal,
    emit: (event) => {
      const task = tasks.get(event.stage)
      if (task && event.total) task.title = `${TITLES[event.stage]} (${event.done}/${event.total})`
      if (event.state === 'done') openUpTo(event, stages, gates)
    },
    stop: async () => {
      for (const one of gates.values()) one.open()
      await running
    },
  }
}

/** When a later stage is done, those before it are done as well. */
function openUpTo(event: StageEvent, stages: Stage[], gates: Map<Stage, ReturnType<typeof gate>>): void {
  for (const stage of stages.slice(0, stages.indexOf(event.stage) + 1)) gates.get(stage)?.open()
}

function gate() {
  let open: () => void = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}
