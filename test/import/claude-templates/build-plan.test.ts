import { describe, expect, test } from 'vitest'
import { call, type Given, made } from './support/set-up.ts'

/** Steps as lines: id, agent, what it waits for, and what is special about it. */
async function plan(body: string, given: Given = {}): Promise<string[]> {
  const { steps, findings } = await made(body, given)
  expect(findings).toEqual([])
  return steps.map(({ id, agentId, dependsOn, approval, when, sideEffects, inputs, outputs }) =>
    [
      `${id} <${agentId}>`,
      dependsOn && `after ${dependsOn.join('+')}`,
      approval,
      sideEffects,
      when,
      inputs && `in ${Object.keys(inputs).join('+')}`,
      outputs && `out ${outputs.join('+')}`,
    ]
      .filter(Boolean)
      .join(' '),
  )
}

describe('calls of agents', () => {
  test.each<[string, string, string[]]>([
    ['in a code block', `## Step 1: Look\n\n${call('reader', 'Read it.')}`, ['look <reader>']],
    [
      'in a tag',
      '## Phase 1: Look\n<Task>\nsubagent_type: reader\nprompt: |\n  Read.\n</Task>\n',
      ['look <reader>'],
    ],
    [
      'in running text',
      '### 1. Look\nUse the Task tool (subagent_type="reader"):\n- well\n',
      ['look <reader>'],
    ],
    ['with a plugin’s name', `# Step 1: Look\n${call('tools:reader', 'Read.')}`, ['look <reader>']],
    [
      'without a heading that says anything',
      `## Usage\n${call('code-reader', 'Read.')}`,
      ['code-reader <code-reader>'],
    ],
    [
      'announced by an equal sign and made in a code block: once',
      `## Step 1: Look\nUse subagent_type="reader":\n\n${call('reader', 'Read.')}`,
      ['look <reader>'],
    ],
    [
      'two in one block',
      '## Step 1: Look\n```\nTask:\n  subagent_type: a1\n  prompt: "x"\nTask:\n  subagent_type: b1\n  prompt: "y"\n```\n',
      ['a1 <a1>', 'b1 <b1>'],
    ],
    [
      'a code block that only mentions one',
      '## Step 1: X\n```\nwith subagent_type: "a"\n```\n',
      ['the-command <general-purpose>'],
    ],
  ])('%s', async (_what, body, expected) => {
    expect(await plan(body)).toEqual(expected)
  })

  test('keep their prompts, without the indentation of the call', async () => {
    const { files } = await made(
      `## Step 1: Look\n${call('reader', 'Read:\n\n- one\n  - two\n\n# No heading')}`,
    )
    expect(files['prompts/look.md']).toBe('Read:\n\n- one\n  - two\n\n# No heading\n')
  })

  test('keep a prompt in quotes that has headings of its own', async () => {
    const { files, steps } = await made(
      '## Usage\n\nUse subagent_type="reader".\n\nPrompt: "Read it.\n\n## How\n\nWith "care".\n\nNow: all"\n',
    )
    expect(steps.map(({ id }) => id)).toEqual(['reader'])
    expect(files['prompts/reader.md']).toBe('Read it.\n\n## How\n\nWith "care".\n\nNow: all\n')
  })

  test('keep a prompt whose later lines are not indented any more', async () => {
    const { files } = await made(
      '<Task>\nsubagent_type: reader\nprompt: |\n  Read.\n  Well.\n\nThen:\n\n1. a\n   - b\n</Task>\n',
    )
    expect(files['prompts/reader.md']).toBe('Read.\nWell.\n\nThen:\n\n1. a\n   - b\n')
  })

  test('without a prompt are given the section’s text, and that is told', async () => {
    const { files, guesses } = await made('## Phase 1: Look\n\n`subagent_type`: "reader", and so on.\n')
    expect(files['prompts/look.md']).toBe('`subagent_type`: "reader", and so on.\n')
    expect(guesses).toContainEqual({
      field: 'defaultPlan.steps.prompt',
      what: 'Look',
      why: 'the source has no prompt for its agent: the section’s text became one',
    })
  })
})

describe('the order', () => {
  const step = (number: string, more = '') =>
    `### Step ${number}: S${number}\n\n${more}\n${call('worker', 'Work.')}`

  test.each<[string, string, string[]]>([
    ['is that of the text', step('1') + step('2'), ['s1 <worker>', 's2 <worker> after s1']],
    [
      'has no place for steps of a phase that run in parallel',
      `## Phase 1: P\n\nRun both agents in parallel.\n\n${step('1a')}${step('1b')}## Phase 2: Q\n${step('2')}`,
      ['s1a <worker>', 's1b <worker>', 's2 <worker> after s1a+s1b'],
    ],
    [
      'nor for one that is launched with an earlier one',
      step('1') + step('2') + step('3', 'Launch in parallel with Step 2:'),
      ['s1 <worker>', 's2 <worker> after s1', 's3 <worker> after s1'],
    ],
    [
      'nor for several calls of one step',
      `### Step 1: S\n\n**1a. First:**\n\n${call('a1', 'A')}\n**1b. Second:**\n\n${call('b1', 'B')}${step('2')}`,
      ['first <a1>', 'second <b1>', 's2 <worker> after first+second'],
    ],
    [
      'but several calls of a phase come one after the other',
      `## Phase 1: P\n\n${call('a1', 'A')}\n${call('b1', 'B')}`,
      ['a1 <a1>', 'b1 <b1> after a1'],
    ],
    [
      'lets the same name stand twice',
      `### Step 1: Review\n${call('a1', 'A')}### Step 2: Review\n${call('a1', 'A')}`,
      ['review <a1>', 'review-2 <a1> after review'],
    ],
  ])('%s', async (_what, body, expected) => {
    expect(await plan(body)).toEqual(expected)
  })

  test('waits for a step of the same group whose file is read', async () => {
    const body = `## Phase 1: P\n\nLaunch all in parallel.\n\n### Step 1a: A\n${call('a1', 'A')}\nSave output to \`.x/01a-web.md\`.\n\n### Step 1b: B\n${call('b1', 'Reuse [Insert contents of .x/01a-web.md]')}`
    expect(await plan(body)).toEqual(['a <a1>', 'b <b1> after a'])
  })

  test('puts together what parallel steps made, in a step of its own', async () => {
    const body = `### Step 1: S\n\n${call('a1', 'A')}\n${call('b1', 'B')}\nAfter both complete, consolidate into \`.x/01-all.md\`:\n\nHow to.\n### Step 2: T\n${call('c1', 'See [Insert contents of .x/01-all.md]')}`
    expect(await plan(body)).toEqual([
      'a1 <a1> out result',
      'b1 <b1> out result',
      'consolidate-s <general-purpose> after a1+b1 in a1+b1',
      't <c1> after consolidate-s',
    ])
  })
})

describe('work that no agent is named for', () => {
  const agent = call('worker', 'Work.')

  test('is given to the agent for everything, with what was made before, and is told', async () => {
    const body = `## Phase 1: Ask\n\nAsk the user.\n\n## Phase 2: Do\n${agent}\n## Phase 3: Tell\n\nTell them.\n\n### Form\n\nNicely.\n`
    expect(await plan(body)).toEqual([
      'ask <general-purpose> out result',
      'do <worker> after ask out result',
      'tell <general-purpose> after do in ask+do',
    ])
    const { files, guesses } = await made(body)
    expect(files['prompts/tell.md']).toBe('Tell them.\n\n### Form\n\nNicely.\n')
    expect(
      guesses.filter(({ field }) => field === 'defaultPlan.steps.agentId').map(({ what }) => what),
    ).toEqual(['Ask', 'Tell'])
  })

  test('is given the files that it names, and no others', async () => {
    const save = (path: string) => `\nSave output to \`${path}\`.\n\n`
    const body = `### Step 1: A\n${agent}${save('.x/a.md')}### Step 2: B\n${agent}${save('.x/b.md')}### Step 3: C\n\nRead \`.x/b.md\`.\n\n### Step 4: D\n\nRead all \`.x/*.md\` files.\n`
    expect((await plan(body)).slice(2)).toEqual([
      'c <general-purpose> after b in b',
      'd <general-purpose> after c in a+b',
    ])
  })

  test('a section that only prepares does not become a step, unless it writes a file', async () => {
    const body = `## Pre-flight Checks\n\n### 1. Look for a session\n\nLook.\n\n### 2. Gather\n\nSave this context to \`.x/00-context.md\`.\n\n## Step 1: Do\n${call('worker', '[Insert contents of .x/00-context.md]')}`
    expect(await plan(body)).toEqual(['gather <general-purpose>', 'do <worker> after gather'])
  })

  test('is one step where no agent is named at all, and a draft', async () => {
    const { steps, manifest, files, findings } = await made(
      '# T\n\n## Phase 1: A\n\nx\n\n## Phase 2: B\n\ny\n',
    )
    expect(steps.map(({ id, agentId }) => [id, agentId])).toEqual([['the-command', 'general-purpose']])
    expect(manifest.status).toBe('draft')
    expect(files['prompts/the-command.md']).toBe(files['docs.md'])
    expect(findings).toEqual([])
  })

  test('a section without work goes to docs.md, with a note', async () => {
    const body = `Intro.\n\n## Rules\n\nBe good.\n\n## Step 1: Do\n${agent}\n## Success Criteria\n\nGood.\n`
    const { files, guesses } = await made(body)
    expect(files['docs.md']).toBe(body)
    expect(guesses).toContainEqual(
      expect.objectContaining({ field: 'defaultPlan', what: 'the beginning, Rules, Success Criteria' }),
    )
  })

  test('with more than 100 steps stays whole', async () => {
    const body = Array.from({ length: 150 }, (_, at) => `### Step ${at}: S\n${agent}`).join('\n')
    expect(await plan(body)).toEqual(['the-command <general-purpose>'])
  })
})

describe('a person approves', () => {
  const [one, two] = ['1', '2'].map((n) => `### Step ${n}: S${n}\n${call('worker', 'Work.')}\n`)

  test.each<[string, string, string[]]>([
    [
      'what comes after a checkpoint',
      `${one}## PHASE CHECKPOINT 1 — User Approval Required\n\nx\n\n${two}`,
      ['', 'manual'],
    ],
    ['what comes after a gate', `${one}**Gate:** it must exist.\n\n${two}`, ['', 'manual']],
    ['what comes after a wait', `${one}Wait for user approval before proceeding.\n\n${two}`, ['', 'manual']],
    [
      'nothing that is only called a gate',
      `## Phase 1: Checkpoint Gate\n${call('worker', 'W')}\n${two}`,
      ['', ''],
    ],
    [
      'nothing by a gate in a prompt',
      `## Step 1: A\n${call('worker', '**Gate:** be strict')}\n${two}`,
      ['', ''],
    ],
    [
      'work that asks for confirmation itself',
      `${one}### Step 2: Push\n\nDo it, and ask for final confirmation.\n`,
      ['', 'manual'],
    ],
    [
      'each of the steps that come first after it',
      `${one}## CHECKPOINT\n\nx\n\n## Phase 2: P\n\nRun both in parallel.\n\n### Step 2a: A\n${call('a1', 'A')}\n### Step 2b: B\n${call('b1', 'B')}`,
      ['', 'manual', 'manual'],
    ],
  ])('%s', async (_what, body, approvals) => {
    const { steps } = await made(body)
    expect(steps.map(({ approval }) => approval ?? '')).toEqual(approvals)
  })

  test('is told where nothing comes after it', async () => {
    const { guesses } = await made(`${one}**Gate:** it must exist.\n`)
    expect(guesses).toContainEqual(expect.objectContaining({ field: 'defaultPlan.steps.approval' }))
  })
})

describe('conditions', () => {
  const phase = (text: string) =>
    `## Phase 1: P\n\n### Step 1: A\n${call('a1', '$ARGUMENTS')}\n## Phase 2: Q\n\n${text}\n\n### Step 2: B\n${call('b1', 'B')}\n### Step 3: C\n${call('c1', 'C')}`
  const hint = '"<x> [--quick] [--mode a|b]"'

  test.each<[string, string, (string | undefined)[]]>([
    ['a phase', 'If `--quick` flag is set, skip this phase entirely.', [undefined, 'quick', 'quick']],
    ['up to the next phase', 'If `--quick` is set, skip to Phase 3.', [undefined, 'quick', 'quick']],
    [
      'a step by its number',
      'If `--quick` flag is set, skip Step 3 and go on.',
      [undefined, undefined, 'quick'],
    ],
    [
      'nothing for a flag that is a choice',
      'If `--mode` is set, skip this phase.',
      [undefined, undefined, undefined],
    ],
    [
      'nothing for an undeclared flag',
      'If `--none` is set, skip this phase.',
      [undefined, undefined, undefined],
    ],
  ])('a flag skips %s', async (_what, text, flags) => {
    const { steps, findings } = await made(phase(text), { hint })
    expect(findings).toEqual([])
    expect(steps.map(({ when }) => when)).toEqual(flags.map((flag) => flag && `!{{parameters.${flag}}}`))
  })

  test('that no flag decides are told, and make a file optional', async () => {
    const body = `### Step 1: A\n${call('a1', 'A')}\nSave output to \`.x/a.md\`.\n\n**Note:** If there is none, skip this step.\n`
    const { guesses, manifest } = await made(body)
    expect(guesses).toContainEqual(expect.objectContaining({ field: 'defaultPlan.steps.when', what: 'A' }))
    expect(manifest.expectedOutputs).toEqual([
      { id: 'a', type: 'file', fromStep: 'a', path: '.x/a.md', required: false },
    ])
  })

  test('and loops are told', async () => {
    const { guesses } = await made(`### 1.2 Process\n\nFor each directory:\n\n${call('a1', 'A')}`)
    expect(guesses).toContainEqual({
      field: 'defaultPlan.steps',
      what: '1.2 Process',
      why: 'the source runs this once for each item: a plan has no loops',
    })
  })
})

describe('what a run leaves behind', () => {
  const outputs = async (around: string) => {
    const { manifest } = await made(`### Step 1: A\n\n${call('a1', 'A')}\n${around}\n`)
    return manifest.expectedOutputs?.map(({ id, type, path }) => `${id} ${type} ${path ?? ''}`.trim())
  }

  test.each<[string, string, string[]]>([
    [
      'a file that is saved',
      'Save the agent’s output to `.x/02-design.md`.',
      ['design file .x/02-design.md'],
    ],
    ['a file that is announced', '**Output file:** `./out/report.json`', ['report file out/report.json']],
    [
      'two files of one name',
      'Save it to `a/x.md`. Save that to `b/x.md`.',
      ['x file a/x.md', 'x-2 file b/x.md'],
    ],
    ['the answer, where nothing is saved', 'Done.', ['result text']],
    ['no pattern', 'Save it to `out/*.md`.', ['result text']],
    ['no path with blanks to fill in', 'Save it to `runs/<date>/x.md`.', ['result text']],
    ['no path out of the folder', 'Save it to `../../etc/x.md` or save to `/etc/x.md`.', ['result text']],
    ['no state of the command', 'Save it to `.x/state.json`.', ['result text']],
  ])('%s', async (_what, around, expected) => {
    expect(await outputs(around)).toEqual(expected)
  })
})

describe('side effects', () => {
  const step = (prompt: string) => `### Step 1: The Step\n${call('a1', prompt)}`

  test.each([
    ['Deploy the fix to production.', true],
    ['You are an engineer. Execute emergency deployment for it.', true],
    ['Implement immediate mitigation for this incident.', true],
    ['Create a deployment plan.', false],
    ['Perform final code review and approve for deployment.', false],
    ['Review it. Then say how to deploy it.', false],
    ['Write a test for `git push`.', false],
  ])('%s %s', async (prompt, expected) => {
    const { steps, manifest, findings } = await made(step(prompt))
    expect(steps[0]?.sideEffects).toBe(expected ? 'irreversible' : undefined)
    expect(manifest.status).toBe(expected ? 'draft' : undefined)
    expect(findings).toEqual([])
    if (expected) expect(manifest.rollbackAdvice).toMatchObject({ irreversible: ['the-step'] })
    else expect(manifest.rollbackAdvice).toContain('no step that deploys, merges, pushes or publishes')
  })

  test('of the command’s own work show in its commands; its words on undoing are kept', async () => {
    const body = `${step('Work.')}\n### Step 2: Ship\n\nPush to remote.\n\n## Rollback Procedures\n\n1. Use \`git revert\`.\n\n## End\n`
    const { steps, manifest } = await made(body)
    expect(steps.map(({ sideEffects }) => sideEffects)).toEqual([undefined, 'irreversible'])
    expect(manifest.rollbackAdvice).toMatchObject({
      summary: expect.stringContaining('The source says:\n1. Use `git revert`.'),
      irreversible: ['ship'],
    })
  })
})
