<?php
// A small application for `php -S`: who may listen (POST /broadcasting/auth) and what is published (POST /say, /paid) are
// decided and done by the framework's own broadcaster.  Debian has neither the framework's HTTP parts nor its routes, so
// the request is what the broadcaster asks of one.  In the environment: REDIS_PORT, REDIS_PREFIX.

foreach (['Illuminate/Broadcasting', 'Illuminate/Container', 'Illuminate/Redis', 'Predis'] as $part) {
    require_once $part . '/autoload.php';
}
require_once __DIR__ . '/Events.php';

use App\Events\MessageSaid;
use App\Events\OrderPaid;
use Illuminate\Broadcasting\BroadcastEvent;
use Illuminate\Broadcasting\Broadcasters\RedisBroadcaster;
use Illuminate\Broadcasting\BroadcastManager;
use Illuminate\Container\Container;
use Illuminate\Contracts\Broadcasting\Factory;
use Illuminate\Redis\RedisManager;
use Illuminate\Support\Facades\Facade;

class Forbidden extends RuntimeException
{
}
if (!class_exists('Symfony\Component\HttpKernel\Exception\AccessDeniedHttpException')) {
    class_alias(Forbidden::class, 'Symfony\Component\HttpKernel\Exception\AccessDeniedHttpException');
}

class User
{
    public $id;

    public function __construct($id)
    {
        $this->id = $id;
    }

    public function getAuthIdentifier()
    {
        return $this->id;
    }
}

class Request
{
    public $channel_name;

    public function __construct()
    {
        $this->channel_name = $_POST['channel_name'] ?? null;
    }

    // A session's cookie, or an API's token.
    public function user($guard = null)
    {
        $shown = $_COOKIE['shop_session'] ?? substr($this->header('Authorization') ?? '', strlen('Bearer '));
        return preg_match('/^user-(\d+)$/', $shown, $found) ? new User((int) $found[1]) : null;
    }

    public function header($name)
    {
        return $_SERVER['HTTP_' . strtoupper(str_replace('-', '_', $name))] ?? null;
    }
}

$app = new Container;
$request = new Request;
$prefix = getenv('REDIS_PREFIX') ?: '';
$redis = new RedisManager($app, 'predis', [
    'options' => ['prefix' => $prefix],
    'default' => ['host' => '127.0.0.1', 'port' => getenv('REDIS_PORT'), 'database' => 0],
]);
$broadcaster = new RedisBroadcaster($redis, 'default', $prefix);
$broadcaster->channel('orders.{id}', fn ($user, $id) => $user->id === (int) $id);
$broadcaster->channel('room.{id}', fn ($user, $id) => $id === 'closed' ? false : ['name' => 'Ü' . $user->id]);

$app->instance('request', $request);
$app->instance('config', ['broadcasting.default' => 'shop', 'broadcasting.connections.shop' => ['driver' => 'shop']]);
$manager = new BroadcastManager($app);
$manager->extend('shop', fn () => $broadcaster);
$app->instance(Factory::class, $manager);
Facade::setFacadeApplication($app);

try {
    switch (parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH)) {
        case '/broadcasting/auth':
            header('Content-Type: application/json');
            echo $broadcaster->auth($request);
            break;
        case '/say':
        case '/paid':
            $class = $_SERVER['REQUEST_URI'] === '/say' ? MessageSaid::class : OrderPaid::class;
            $event = new $class($_POST['channel'], $_POST['text']);
            if ($_POST['others'] ?? false) {
                $event->dontBroadcastToCurrentUser();
            }
            (new BroadcastEvent($event))->handle($manager);
            echo 'sent';
            break;
        default:
            http_response_code(404);
    }
} catch (Forbidden $refused) {
    http_response_code(403);
    echo '{"message":"This action is unauthorized."}';
}
