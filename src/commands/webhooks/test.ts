import * as Args from '@oclif/core/args'
import { BaseCommand } from '../../cli/base-command.ts'
import type { Answer } from '../../cli/json/commands.ts'
import { orNearWebhook } from '../../cli/near-names.ts'
import { Failure } from '../../contract/failure.ts'

export default class Test extends BaseCommand {
  static override summary = 'Send a signed ping to a webhook, and show its answer.'
  static override description =
    'The ping takes the path of a delivery. Events that are waiting to be sent are not affected.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> wh_4f2a9c1b0d3e5f67',
    '<%= config.bin %> <%= command.id %> wh_4f2a9c1b0d3e5f67 --json',
  ]
  static override args = { id: Args.string({ description: 'id of the webhook', required: true }) }

  async run(): Promise<Answer<'webhooks test'>> {
    const { args } = await this.parse(Test)
    const registry = await this.registry(await this.kinds())
    const request = registry.webhooks.test(args.id)
    const answer = await orNearWebhook(request, args.id, registry, 'nofx webhooks test')
    const attempt = this.keepResult({ id: args.id, ...answer })
    if (attempt.error !== undefined)
      throw new Failure(
        'REMOTE_FAILED',
        `${args.id} did not accept the ping: ${attempt.error}`,
        `fix the receiver, or remove the webhook: nofx webhooks remove ${args.id}`,
      )
    return this.answer(attempt, `${args.id} answered ${attempt.status} in ${attempt.ms} ms.`)
  }
}
