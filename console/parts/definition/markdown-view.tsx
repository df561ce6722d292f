import type { Inline } from '../../model/texts/markdown-inline.ts'
import { type Block, parseMarkdown } from '../../model/texts/markdown-tree.ts'
import { Pieces } from '../words/foreign.tsx'
import { Variables } from '../words/variables.tsx'

/**
 * A text in Markdown as its author means it. Each element is made here from the tree: HTML and pictures of the text stay
 * text, and a link names the host that it leads to.
 */
export default function MarkdownView({ text }: { text: string }) {
  return (
    <div class="markdown">
      <Blocks blocks={parseMarkdown(text)} />
    </div>
  )
}

function Blocks({ blocks }: { blocks: readonly Block[] }) {
  return (
    <>
      {blocks.map((block, at) => (
        // The parts of a text stay in their order.
        <BlockView key={`${at} ${block.type}`} block={block} />
      ))}
    </>
  )
}

function BlockView({ block }: { block: Block }) {
  if (block.type === 'rule') return <hr />
  if (block.type === 'code')
    return (
      <pre>
        <Variables text={block.text} />
      </pre>
    )
  if (block.type === 'quote')
    return (
      <blockquote>
        <Blocks blocks={block.blocks} />
      </blockquote>
    )
  if (block.type === 'list') return <List list={block} />
  const words = <Words inline={block.inline} />
  return block.type === 'heading' ? <h4>{words}</h4> : <p dir="auto">{words}</p>
}

function List({ list: { start, items } }: { list: Block & { type: 'list' } }) {
  const rows = items.map((blocks, at) => (
    <li key={`${at} ${blocks.length}`}>
      <Blocks blocks={blocks} />
    </li>
  ))
  return start === undefined ? <ul>{rows}</ul> : <ol start={start}>{rows}</ol>
}

const TAGS = { strong: 'strong', emphasis: 'em', deleted: 'del' } as const

function Words({ inline }: { inline: readonly Inline[] }) {
  return (
    <>
      {inline.map((part, at) => (
        <Word key={`${at} ${part.type}`} part={part} />
      ))}
    </>
  )
}

function Word({ part }: { part: Inline }) {
  if ('text' in part)
    return part.type === 'text' ? (
      <Variables text={part.text} />
    ) : (
      <code>
        <Variables text={part.text} />
      </code>
    )
  const words = <Words inline={part.inline} />
  if (part.type !== 'link') {
    const Tag = TAGS[part.type]
    return <Tag>{words}</Tag>
  }
  return (
    <>
      <a href={part.url} rel="noopener noreferrer nofollow">
        <bdi>{words}</bdi>
      </a>{' '}
      <span class="soft">
        (<Pieces text={part.host} />)
      </span>
    </>
  )
}
