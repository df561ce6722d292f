import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../../cli/base-command.ts'
import type { Answer } from '../../cli/json/commands.ts'
import { count } from '../../cli/present/table.ts'
import { Failure } from '../../contract/failure.ts'
import type { Registry } from '../../core/registry/registry.ts'

/** A preview that could not be taken down, and why. */
interface KeptPreview {
  name: string
  message: string
}

/** The expired previews, removed or not. */
interface Swept {
  swept: string[]
  failed: KeptPreview[]
}

export default class Sweep extends BaseCommand {
  static override summary = 'Take down every preview that is expired or partly taken down.'
  static override description =
    'Also removes bundles that an interrupted run left behind. A preview that cannot be taken down does not stop the others; the command then exits with 3.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --dry-run',
    '<%= config.bin %> <%= command.id %> --json',
  ]
  static override flags = {
    'dry-run': Flags.boolean({ description: 'list the previews and take nothing down' }),
  }

  async run(): Promise<Answer<'preview sweep'>> {
    const { flags } = await this.parse(Sweep)
    const dryRun = flags['dry-run'] === true
    const registry = await this.registry(await this.kinds())
    const names = await registry.previews.expired()
    if (dryRun || names.length === 0)
      return this.answer(
        { dryRun, names, failed: [] },
        names.length ? names.join('\n') : 'There is nothing to sweep.',
      )
    const { swept, failed } = await this.takeDown(registry, names)
    const data = this.keepResult({ dryRun, names: swept, failed })
    if (failed[0]) throw notSwept(failed[0], failed.length, names.length)
    return this.answer(data, `Took down ${count(swept.length, 'preview')}: ${swept.join(', ')}`)
  }

  private async takeDown({ previews }: Registry, names: readonly string[]): Promise<Swept> {
    const swept: string[] = []
    const failed: KeptPreview[] = []
    for (const name of names) {
      this.interrupt.signal.throwIfAborted()
      await previews.down(name, { onlyExpired: true }).then(
        () => swept.push(name),
        (error: unknown) => failed.push({ name, message: (error as Error).message }),
      )
    }
    return { swept, failed }
  }
}

function notSwept(first: KeptPreview, failed: number, total: number): Failure {
  return new Failure(
    'REMOTE_FAILED',
    `${count(failed, 'preview')} of ${total} could not be taken down, the first ${first.name}: ${first.message}`,
    'run it again',
  )
}
