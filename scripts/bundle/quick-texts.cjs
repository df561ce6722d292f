// Writes what answers without oclif are made of (src/cli/quick/): the help of every command and topic as oclif prints it,
// and what completion has to know of the commands.
const { writeFileSync } = require('node:fs')
const { resolve } = require('node:path')

// oclif decides about colours when it is loaded.
process.env.FORCE_COLOR = '1'
delete process.env.NO_COLOR
process.env.NOFX_DISABLE_THEME = '1'
const { Config } = require('@oclif/core')
const bundle = require('../../dist/nofx.cjs')
const { VERSION_PLACE, WIDTHS } = require('../../dist/help.cjs')

const root = resolve(__dirname, '../..')

/** A configuration of its own for each text: oclif's help changes the names of commands in it. */
const loadConfig = () => Config.load({ root, pjson: require('../../package.json') })

/** The help that `nofx <words> --help` prints on a terminal of a width. */
async function textOf(words, width) {
  const { stdout } = process
  const { write, isTTY, columns } = stdout
  const config = await loadConfig()
  const { default: Help } = bundle.load('src/cli/terminal/help.ts')
  let text = ''
  Object.assign(stdout, {
    isTTY: true,
    columns: width,
    write: (piece) => {
      text += piece
      return true
    },
  })
  try {
    await new Help(config, config.pjson.oclif.helpOptions).showHelp([...words, '--help'])
  } finally {
    Object.assign(stdout, { isTTY, columns, write })
  }
  return text.replace(config.userAgent, VERSION_PLACE)
}

async function writeTexts() {
  const { commandIDs, topics, commands } = await loadConfig()
  const subjects = [...new Set(['', ...commandIDs, ...topics.map(({ name }) => name)])]
  const texts = {}
  for (const subject of subjects) {
    const words = subject.split(':').filter(Boolean)
    texts[words.join(' ')] = []
    for (const width of WIDTHS) texts[words.join(' ')].push(await textOf(words, width))
  }
  writeFileSync('dist/help.json', JSON.stringify(texts))
  const kinds = await bundle.load('src/cli/kinds.ts').loadKinds(await loadConfig())
  const surface = {
    commands: commands.map(completed),
    topics: topics.map(({ name, description }) => ({ name, description })),
    kinds: kinds.map(({ id, singular }) => ({ id, singular })),
  }
  writeFileSync('dist/surface.json', JSON.stringify(surface))
}

/** The part of a command that completion reads. */
const completed = ({ id, summary, hidden, strict, args, flags }) => ({
  id,
  summary,
  hidden,
  strict,
  args: mapValues(args, ({ description, options }) => ({ description, options })),
  flags: mapValues(flags, ({ type, char, description, summary, options, multiple, hidden }) => ({
    ...{ type, char, description, summary, options, multiple, hidden },
  })),
})

const mapValues = (object, change) =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]))

writeTexts()
