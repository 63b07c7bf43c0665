using System.Text;
using Microsoft.AspNetCore.Http;

namespace OrleansTrain.Tracking.Server.Http;

/// <summary>The error pages of the web framework under MLflow, word for word: some clients look at them.</summary>
internal static class HtmlAnswer
{
    private const string ContentType = "text/html; charset=utf-8";

    public static readonly Answer BadRequest = Page(
        StatusCodes.Status400BadRequest, "Bad Request", "The browser (or proxy) sent a request that this server could not understand.");

    public static readonly Answer NotFound = Page(
        StatusCodes.Status404NotFound,
        "Not Found",
        "The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.");

    public static readonly Answer InternalError = Page(
        StatusCodes.Status500InternalServerError,
        "Internal Server Error",
        "The server encountered an internal error and was unable to complete your request. "
        + "Either the server is overloaded or there is an error in the application.");

    private static readonly Answer MethodNotAllowedPage = Page(
        StatusCodes.Status405MethodNotAllowed, "Method Not Allowed", "The method is not allowed for the requested URL.");

    public static Answer MethodNotAllowed(IEnumerable<string> allowed) => MethodNotAllowedPage with { Headers = [("Allow", string.Join(", ", allowed))] };

    public static Answer Text(string text) => new(StatusCodes.Status200OK, ContentType, Encoding.UTF8.GetBytes(text));

    private static Answer Page(int status, string title, string text) => new(
        status,
        ContentType,
        Encoding.UTF8.GetBytes($"<!doctype html>\n<html lang=en>\n<title>{status} {title}</title>\n<h1>{title}</h1>\n<p>{text}</p>\n"));
}
