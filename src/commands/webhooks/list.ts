import { BaseCommand } from '../../cli/base-command.ts'
import type { Answer } from '../../cli/json/commands.ts'
import { presentWebhooks } from '../../cli/present/webhooks.ts'
import { screenFlags } from '../../cli/terminal/screen-flags.ts'

export default class List extends BaseCommand {
  static override summary = 'List where changes are sent, and how each destination stands.'
  static override description =
    'LAG counts events that are still to be sent. Secrets are never shown again. A batch that was refused for three days is a dead letter: --json names its events.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --json',
  ]

  static override flags = screenFlags

  async run(): Promise<Answer<'webhooks list'>> {
    await this.parse(List)
    const registry = await this.registry(await this.kinds())
    const webhooks = await registry.webhooks.list()
    const rows = webhooks.map(({ createdBy: actor, ...one }) => ({ ...one, actor }))
    return this.answer({ webhooks: rows }, presentWebhooks(webhooks, this.screen))
  }
}
