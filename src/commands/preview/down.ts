import * as Args from '@oclif/core/args'
import { BaseCommand } from '../../cli/base-command.ts'
import { requirePreviewName } from '../../cli/env-flag.ts'
import type { Answer } from '../../cli/json/commands.ts'
import { nearestPreview } from '../../cli/near-names.ts'
import { count } from '../../cli/present/table.ts'

export default class Down extends BaseCommand {
  static override summary = 'Take a preview down, with everything in it.'
  static override description =
    'Deletes the preview and its bundles; production is not touched. A preview that does not exist is not an error. To finish an interrupted run, run the command again.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> pr-123',
    '<%= config.bin %> <%= command.id %> pr-123 --json',
  ]
  static override args = {
    name: Args.string({ description: 'name of the preview, such as pr-123', required: true }),
  }

  async run(): Promise<Answer<'preview down'>> {
    const { args } = await this.parse(Down)
    const name = requirePreviewName(args.name)
    const registry = await this.registry(await this.kinds())
    const down = await registry.previews.down(name)
    const message = `Preview ${name} is gone, with ${count(down.objects, 'bundle')}.`
    if (down.removed || down.objects) return this.answer(down, message)
    const near = this.jsonEnabled() ? undefined : await nearestPreview(registry, name)
    const proposal = near === undefined ? '' : ` Did you mean: nofx preview down ${near}`
    return this.answer(down, `There was no preview ${name}.${proposal}`)
  }
}
