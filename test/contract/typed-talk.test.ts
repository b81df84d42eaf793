import { readFileSync } from 'node:fs'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { allRules } from '../../src/rules/registry.js'
import { readSources } from './sources.js'

/** What rooms say to each other is read from fields, never out of a text that another room made. */

const sources = readSources(['src', 'commands']).map(({ path }) =>
  ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true),
)

/** The nodes that are wrong, as `PATH:LINE TEXT`. */
function found(isWrong: (node: ts.Node, path: string) => boolean): string[] {
  return sources.flatMap((file) => {
    const wrong: string[] = []
    const visit = (node: ts.Node): void => {
      const line = () => file.getLineAndCharacterOfPosition(node.getStart()).line + 1
      if (isWrong(node, file.fileName)) wrong.push(`${file.fileName}:${line()} ${node.getText().split('\n')[0]}`)
      ts.forEachChild(node, visit)
    }
    visit(file)
    return wrong
  })
}

/** Which of these lines the compiler refuses in a file among the rules. */
function refused(lines: readonly string[]): string[] {
  const path = 'src/rules/contract-probe.ts'
  const head = `import { type Subject, subjectText } from './subject.js'\n`
  const code =
    head + lines.map((line, at) => `export const probe${at} = (subject: Subject): unknown => ${line}`).join('\n')
  const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile)
  const options = { ...ts.parseJsonConfigFileContent(config, ts.sys, '.').options, noEmit: true, composite: false }
  const host = ts.createCompilerHost(options)
  const read = host.getSourceFile.bind(host)
  host.getSourceFile = (name, ...rest) =>
    name === path ? ts.createSourceFile(name, code, ts.ScriptTarget.Latest, true) : read(name, ...rest)
  const program = ts.createProgram([path], options, host)
  const file = program.getSourceFile(path)!
  const wrong = program.getSemanticDiagnostics(file).map(({ start }) => file.getLineAndCharacterOfPosition(start!).line)
  return lines.filter((_, at) => wrong.includes(at + 1))
}

describe('the text of a subject', () => {
  it('is not taken apart: the compiler refuses', () => {
    const apart = ["subject.id.split('/')", "subject.id.startsWith('a')", '/a/.exec(subject.id)', "subject.id === 'a'"]
    expect(refused([...apart, 'subjectText(subject)', 'subject.kind === "node" && subject.node'])).toEqual(apart)
  })

  it('is printed and compared by subjectText alone', () => {
    const chained = (node: ts.Node) =>
      ts.isPropertyAccessExpression(node) &&
      ts.isCallExpression(node.expression) &&
      node.expression.expression.getText() === 'subjectText'
    expect(found(chained)).toEqual([])
  })
})

/** Where text of others comes in, or is written for them: command lines, files, settings of the kernel, prefixes. */
const READS_OTHERS =
  /^(?:commands|src\/(?:answering|capture|cli|files|lab|node|observe|probe|redact|wire)|src\/cluster\/redact)\//
/** What comes apart at a slash elsewhere: our one reader of keys, ids of rules, prefixes, images. */
const SLASHES = [
  'src/cluster/address-range.ts',
  'src/cluster/announcers/version.ts',
  'src/cluster/key.ts',
  'src/cluster/manifests.ts',
  'src/rules/announcer/pool-not-aligned.ts',
  'src/rules/area.ts',
  'src/rules/find-rule.ts',
  'src/rules/sysctl/rp-filter-strict.ts',
  'src/workflows/redact-bundle.ts',
]

it('takes keys and names of objects apart in one place', () => {
  const splits = (node: ts.Node, path: string) =>
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    ['split', 'startsWith', 'endsWith', 'indexOf', 'replace'].includes(node.expression.name.text) &&
    node.arguments.some((one) => ts.isStringLiteralLike(one) && /^(?:\/|, |[A-Z][a-zA-Z]+\/)$/.test(one.text)) &&
    !READS_OTHERS.test(path) &&
    !SLASHES.includes(path)
  expect(found(splits)).toEqual([])
})

describe('ids of rules', () => {
  const ids = new Set(allRules.map(({ id }) => id))
  const areas = new Set([...ids].map((id) => id.split('/')[0]!))
  const isOwn = (path: string, id: string) => path.startsWith(`src/rules/${id.split('/')[0]}/`)

  /** `explains: [...]` and `like: …` of a rule say how it stands to others. */
  function isRelation(node: ts.Node): boolean {
    for (let at = node.parent; at !== undefined; at = at.parent)
      if (ts.isPropertyAssignment(at)) return ['explains', 'like'].includes(at.name.getText())
    return false
  }

  it('stand in the rooms of their rules, in what a rule explains, and where they succeed former ones', () => {
    const wrong = (node: ts.Node, path: string) =>
      ts.isStringLiteralLike(node) &&
      ids.has(node.text) &&
      !isOwn(path, node.text) &&
      !isRelation(node) &&
      path !== 'src/rules/former.ts'
    expect(found(wrong)).toEqual([])
  })

  it('are told by their area in one place', () => {
    const literal = (node: ts.Node) =>
      ts.isStringLiteralLike(node) && /^[\w-]+\/$/.test(node.text) && areas.has(node.text.slice(0, -1))
    // cluster, node and answering know cilium, bridge … as programs and devices
    const pattern = (node: ts.Node, path: string) =>
      ts.isRegularExpressionLiteral(node) &&
      /^src\/(?:diagnosis|report|check|workflows)\//.test(path) &&
      [...areas].some((area) => new RegExp(`\\b${area}(?:\\|[\\w|-]*)?\\)?\\\\/`).test(node.text))
    expect(found((node, path) => literal(node) || pattern(node, path))).toEqual([])
  })
})
