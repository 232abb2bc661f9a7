/// A specification as a page. Of Markdown it knows what the specifications use: headings, paragraphs, lists, tables, code,
/// notes, and what stands in lines (`InlineText`). Anchors stay where they are, so that a clause can be linked to.
struct SpecificationPage {
    private var title = ""
    private var body = ""
    /// Lines of the paragraph or item that is not written yet.
    private var lines: [Substring] = []
    /// What the lines are an item of; `nil`: a paragraph.
    private var item: ListItem?
    private var rows: [[String]] = []
    private var isCode = false
    /// Whether the lines are those of a note, `> text`.
    private var isNote = false
    /// The list that is open: `ul` or `ol`.
    private var list: String?

    init(markdown: String) {
        for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) { takeNoteOrText(line) }
        setNote(false)
        finish()
        closeList()
    }

    var html: String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>\(HTML.escaped(title)) · Assay</title>
        <link rel="icon" href="/pages/icon.svg" type="image/svg+xml">
        <link rel="stylesheet" href="/pages/style.css">
        </head>
        <body>
        <header class="top">
          <a class="brand" href="/"><img src="/pages/icon.svg" alt="" width="24" height="24">Assay</a>
        </header>
        <main id="main" class="specification">
        \(body)</main>
        </body>
        </html>

        """
    }

    // MARK: Lines

    private mutating func takeNoteOrText(_ line: Substring) {
        let isMarked = !isCode && line.hasPrefix("> ")
        setNote(isMarked)
        take(isMarked ? line.dropFirst(2) : line)
    }

    private mutating func setNote(_ isNow: Bool) {
        guard isNow != isNote else { return }
        finish()
        closeList()
        body += isNow ? "<blockquote>\n" : "</blockquote>\n"
        isNote = isNow
    }

    private mutating func take(_ line: Substring) {
        let content = line.drop { $0 == " " }
        if content.hasPrefix("```") {
            takeFence()
        } else if isCode {
            body += HTML.escaped(line) + "\n"
        } else if content.isEmpty {
            finish()
        } else if content.hasPrefix("| ") || content.hasPrefix("|-") {
            if rows.isEmpty { finish() }
            rows.append(Self.cells(content))
        } else if !takeWhole(content) {
            takeText(line, content)
        }
    }

    private mutating func takeFence() {
        if isCode {
            body += "</code></pre>\n"
        } else {
            finish()
            closeList()
            body += "<pre><code>"
        }
        isCode.toggle()
    }

    /// A line that is something by itself: a heading, an anchor, a rule.
    private mutating func takeWhole(_ content: Substring) -> Bool {
        let level = content.prefix { $0 == "#" }.count
        let written: String
        if (1...4).contains(level), content.dropFirst(level).first == " " {
            let text = String(content.dropFirst(level + 1))
            if level == 1, title.isEmpty { title = text }
            written = "<h\(level)>\(InlineText(text).html)</h\(level)>\n"
        } else if let anchor = InlineText.anchor(content), anchor.rest.isEmpty {
            written = "<a id=\"\(anchor.name)\"></a>\n"
        } else if content == "---" {
            written = "<hr>\n"
        } else {
            return false
        }
        finish()
        closeList()
        body += written
        return true
    }

    private mutating func takeText(_ line: Substring, _ content: Substring) {
        if !rows.isEmpty { finish() }
        // As elsewhere, a paragraph is not ended by a line that happens to begin with a number.
        if let next = ListItem(content), lines.isEmpty || item != nil || next.number ?? 1 == 1 {
            finish()
            item = next
            lines = [next.text]
        } else {
            lines.append(content)
        }
    }

    // MARK: Blocks

    private mutating func finish() {
        if !rows.isEmpty {
            closeList()
            writeTable()
            rows = []
        }
        guard !lines.isEmpty else { return }
        let text = InlineText(lines.joined(separator: " ")).html
        if let item {
            open(list: item.number == nil ? "ul" : "ol")
            body += "<li" + (item.number.map { " value=\"\($0)\"" } ?? "") + ">\(text)</li>\n"
        } else {
            closeList()
            body += "<p>\(text)</p>\n"
        }
        lines = []
        item = nil
    }

    private mutating func open(list name: String) {
        guard list != name else { return }
        closeList()
        body += "<\(name)>\n"
        list = name
    }

    private mutating func closeList() {
        if let list { body += "</\(list)>\n" }
        list = nil
    }

    private mutating func writeTable() {
        let hasHead = rows.count > 1 && rows[1].allSatisfy(Self.isRule)
        body += "<div class=\"wide\"><table>\n"
        for (position, row) in rows.enumerated() where !hasHead || position != 1 {
            let tag = hasHead && position == 0 ? "th" : "td"
            body += "<tr>"
            for cell in row { body += "<\(tag)>\(InlineText(cell).html)</\(tag)>" }
            body += "</tr>\n"
        }
        body += "</table></div>\n"
    }

    /// `---`, as between the head of a table and its rows.
    private static func isRule(_ cell: String) -> Bool {
        !cell.isEmpty && cell.allSatisfy { $0 == "-" || $0 == ":" }
    }

    /// `| one | two |`; a stroke behind a backslash is part of a cell, in code too.
    private static func cells(_ line: Substring) -> [String] {
        var cells: [String] = []
        var cell = ""
        var isEscaped = false
        for character in line.dropFirst() {
            if isEscaped {
                if character != "|" { cell.append("\\") }
                cell.append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "|" {
                cells.append(trimmed(cell))
                cell = ""
            } else {
                cell.append(character)
            }
        }
        if isEscaped { cell.append("\\") }
        let last = trimmed(cell)
        return last.isEmpty ? cells : cells + [last]
    }

    private static func trimmed(_ text: String) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}

/// `- text`, `* text` or `1. text`.
private struct ListItem {
    /// Of an ordered list.
    let number: Int?
    let text: Substring

    init?(_ line: Substring) {
        if line.hasPrefix("- ") || line.hasPrefix("* ") {
            number = nil
            text = line.dropFirst(2)
            return
        }
        let digits = line.prefix { $0.isASCII && $0.isNumber }
        let rest = line.dropFirst(digits.count)
        guard let value = Int(digits), rest.hasPrefix(". ") else { return nil }
        number = value
        text = rest.dropFirst(2)
    }
}
