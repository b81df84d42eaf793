#!/bin/sh
':' //; while read -r name mask; do case $name$mask in SigIgn:*[13579bdf]) export L2DOCTOR_SIGHUP=ignored ;; esac; done 2>/dev/null </proc/self/status; exec node "$0" "$@"
// A shell reads the line above, Node only a string: a SIGHUP that is ignored (nohup) is one that Node no longer knows of.
// Old JavaScript up to the check, so that an old Node gets as far as its sentence.
var version = process.versions.node.split('.').map(Number)
if (version[0] < 20 || (version[0] === 20 && version[1] < 19)) {
  process.stderr.write(
    `l2doctor needs Node.js 20.19 or newer; this is ${process.versions.node} (${process.execPath})\n`,
  )
  process.exit(2)
}
require('./load.js').load('main.cjs').run(require('node:path').resolve(__dirname, '..'))
