import { BaseCommand } from '../../cli/base-command.ts'
import type { Answer } from '../../cli/json/commands.ts'
import { presentPreviews } from '../../cli/present/preview.ts'
import { screenFlags } from '../../cli/terminal/screen-flags.ts'

export default class List extends BaseCommand {
  static override summary = 'List the previews, with their origin and expiry.'
  static override description =
    'CHANGES counts definitions that differ from production. Remove expired previews with: nofx preview sweep.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --json',
  ]

  static override flags = screenFlags

  async run(): Promise<Answer<'preview list'>> {
    await this.parse(List)
    const registry = await this.registry(await this.kinds())
    const previews = await registry.previews.list()
    const rows = previews.map((one) => ({
      ...one,
      commit: one.commit === null ? null : { sha: one.commit },
    }))
    return this.answer({ previews: rows }, presentPreviews(previews, this.screen))
  }
}
