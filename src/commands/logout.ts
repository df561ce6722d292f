import { BaseCommand } from '../cli/base-command.ts'
import type { Answer } from '../cli/json/commands.ts'
import { projectUrl } from '../cloud/hosted/hosted-config.ts'
import { Failure } from '../contract/failure.ts'

export default class Logout extends BaseCommand {
  static override summary = 'End the sign-in to the hosted registry and remove it from this machine.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --json',
  ]

  async run(): Promise<Answer<'logout'>> {
    await this.parse(Logout)
    if (!process.env.SUPABASE_URL)
      throw new Failure('CONFIG', 'SUPABASE_URL is not set', 'set it to the project to sign out of')
    const url = projectUrl(process.env.SUPABASE_URL)
    const { signOut } = await import('../cloud/sign-in/sign-in.ts')
    const ended = await signOut(process.env, url)
    return this.answer({ registry: url, ...ended }, renderText(url, ended))
  }
}

function renderText(url: string, { signedIn, trouble }: { signedIn: boolean; trouble?: string }): string {
  if (!signedIn) return `Not signed in to ${url}.`
  if (!trouble) return `Signed out of ${url}.`
  return `Removed the sign-in to ${url} from this machine. The project did not end the session (${trouble}): it ends when its owner ends it, under Authentication → Users.`
}
