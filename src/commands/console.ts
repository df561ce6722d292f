import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../cli/base-command.ts'
import type { Answer } from '../cli/json/commands.ts'
import { openInBrowser } from '../cli/terminal/open-in-browser.ts'
import { requestSignIn } from '../dev/console/request-sign-in.ts'

export default class Console extends BaseCommand {
  static override summary = 'Open the console of the running nofx dev, signed in.'
  static override description =
    'Asks the nofx dev of this folder for a link that signs a browser in once, within ten minutes, and opens it. The history then names the identity that git has here.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --print',
  ]
  static override flags = {
    print: Flags.boolean({ description: 'print the link and open nothing' }),
  }

  async run(): Promise<Answer<'console'>> {
    const { flags } = await this.parse(Console)
    const { link, expiresAt } = await requestSignIn(this.project.root)
    const opened = !flags.print && !this.jsonEnabled() && (await openInBrowser(link))
    return this.answer({ link, expiresAt, opened }, opened ? `opened in the browser: ${link}` : link)
  }
}
