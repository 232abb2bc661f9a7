import Foundation
import PackagePlugin

/// Puts the pages for browsers and the specifications into the binary, so that one file deploys, and joins `assay.js` from its
/// modules.
///
/// SwiftPM's own `.embedInCode` writes an array of numbers, which takes the compiler a minute for 160 KB of text; string
/// literals take it no time.
@main
struct EmbedPages: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let web = context.package.directoryURL.appending(path: "web")
        let specifications = context.package.directoryURL.appending(path: "docs/spec")
        // Named one by one, so that a change of any of them builds anew.
        let files = try [web.appending(path: "assay"), web.appending(path: "pages"), specifications].flatMap { folder in
            try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
                .filter { !$0.lastPathComponent.hasPrefix(".") }
                .sorted { $0.lastPathComponent < $1.lastPathComponent }
        }
        let output = context.pluginWorkDirectoryURL.appending(path: "PageText.swift")
        return [
            .buildCommand(
                displayName: "Embedding the pages from \(files.count) files",
                executable: try context.tool(named: "embed-text").url,
                arguments: ["swift", web.path(), specifications.path(), output.path()], inputFiles: files,
                outputFiles: [output])
        ]
    }
}
