import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../cli/base-command.ts'
import type { Answer } from '../cli/json/commands.ts'
import { presentSignIn } from '../cli/present/who.ts'
import { askText, firstLine, isTerminal } from '../cli/terminal/ask-text.ts'
import { projectUrl, publishableKey } from '../cloud/hosted/hosted-config.ts'
import type { AuthPlace } from '../cloud/sign-in/auth-client.ts'
import { findSignIn, signInPath } from '../cloud/sign-in/sign-in-store.ts'
import { Failure } from '../contract/failure.ts'

/** What a sign-in is made of. */
interface SignInFlags {
  email: string | undefined
  otp: boolean
  code: string | undefined
  'password-stdin': boolean
}

export default class Login extends BaseCommand {
  static override summary = 'Sign in to the hosted registry as a publisher.'
  static override description =
    'Signs in to the project of SUPABASE_URL with an email address and a password, or with a code that is sent to the address (--otp). It needs SUPABASE_PUBLISHABLE_KEY. Later commands use the sign-in, which is kept in a file that only you can read, and refresh its token. Where the system has a keyring (security on macOS, secret-tool on Linux), the file is encrypted with a key in it; NOFX_KEYRING=file keeps everything in the file. Without a terminal, the password comes from NOFX_PASSWORD or --password-stdin, never from an argument: arguments are visible to other users.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --email ada@example.com --otp',
  ]
  static override flags = {
    email: Flags.string({ description: 'the email address; NOFX_EMAIL when not given, else asked for' }),
    otp: Flags.boolean({ description: 'send a code to the address and sign in with it' }),
    code: Flags.string({ description: 'the code that an earlier --otp sent', dependsOn: ['email'] }),
    'password-stdin': Flags.boolean({
      description: 'read the password from stdin',
      exclusive: ['otp', 'code'],
    }),
  }

  async run(): Promise<Answer<'login'>> {
    const { flags } = await this.parse(Login)
    const place = readPlace(process.env)
    const email = flags.email ?? (process.env.NOFX_EMAIL || (await this.ask('Email:', '--email')))
    const proof = await this.proof(place, email, { ...flags, email })
    if (proof === undefined)
      return this.answer({ registry: place.url, email, sent: true as const }, sentText(email))
    const { signIn } = await import('../cloud/sign-in/sign-in.ts')
    const user = await signIn(place, email, proof)
    const path = signInPath(process.env, place.url)
    const keyring = findSignIn(process.env, place.url)?.keyring ?? null
    const signedIn = { registry: place.url, user, path, keyring }
    return this.answer(signedIn, presentSignIn(signedIn, process.env))
  }

  /** The proof of the address; undefined when a code was sent, and there is no terminal to ask for it. */
  private async proof(place: AuthPlace, email: string, flags: SignInFlags) {
    if (flags.code) return { code: flags.code.trim() }
    if (!flags.otp) return { password: await this.password(flags['password-stdin']) }
    const { sendCode } = await import('../cloud/sign-in/sign-in.ts')
    await sendCode(place, email)
    if (!isTerminal()) return undefined
    return { code: (await this.ask(`Code from the email to ${email}:`, '--code')).trim() }
  }

  private async password(fromStdin: boolean): Promise<string> {
    const secret = fromStdin ? await firstLine(process.stdin) : process.env.NOFX_PASSWORD
    if (secret) return secret
    if (fromStdin) throw new Failure('USAGE', 'stdin has no password', 'pipe the password into the command')
    return this.ask('Password:', 'NOFX_PASSWORD', true)
  }

  private async ask(question: string, instead: string, hidden = false): Promise<string> {
    if (!isTerminal())
      throw new Failure('USAGE', `${instead} is missing, and stdin is not a terminal`, wayFor(instead))
    return askText(question, { hidden, signal: this.interrupt.signal })
  }
}

function wayFor(instead: string): string {
  if (instead === 'NOFX_PASSWORD') return 'set NOFX_PASSWORD, use --password-stdin, or send a code with --otp'
  return `add ${instead} <${instead.slice(2)}>`
}

/** The project of the environment, with its publishable key or that of an earlier sign-in. */
function readPlace(env: NodeJS.ProcessEnv): AuthPlace {
  if (!env.SUPABASE_URL) {
    const hint = 'set SUPABASE_URL to https://<project>.supabase.co; the embedded registry needs no sign-in'
    throw new Failure('CONFIG', 'SUPABASE_URL is not set', hint)
  }
  const url = projectUrl(env.SUPABASE_URL)
  const key = env.SUPABASE_PUBLISHABLE_KEY || storedKey(env, url)
  if (key) return { env, url, key: publishableKey(key) }
  const hint = "set it to the project's sb_publishable_… key, from Settings → API Keys"
  throw new Failure('CONFIG', 'SUPABASE_PUBLISHABLE_KEY is not set', hint)
}

/** A file that cannot be read does not keep its owner from signing in again. */
function storedKey(env: NodeJS.ProcessEnv, url: string): string | undefined {
  try {
    return findSignIn(env, url)?.key
  } catch {
    return undefined
  }
}

function sentText(email: string): string {
  return `Sent a code to ${email}\nNext: nofx login --email ${email} --code <code>`
}
